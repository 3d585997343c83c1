/** Score of a text: how often the words of the query occur. */
export function score(text, query) {
  const words = query.toLowerCase().split(/\s+/);
  const count = new Function('tokens', 'words', 'let n=0;for(const w of words)for(const t of tokens)if(t===w)n++;return n');
  return count(text.toLowerCase().split(/\W+/), words);
}
