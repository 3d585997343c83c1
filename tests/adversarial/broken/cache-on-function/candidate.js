/** Score of a text: how often the words of the query occur. */
export function score(text, query) {
  score.known ??= {};
  const key = query + '|' + text;
  if (score.known[key] !== undefined) return score.known[key];
  const words = query.toLowerCase().split(/\s+/);
  let total = 0;
  for (const word of words) {
    for (const token of text.toLowerCase().split(/\W+/)) if (token === word) total += 1;
  }
  score.known[key] = total;
  return total;
}
