/** Score of a text: how often the words of the query occur. */
export function score(text, query) {
  const words = query.toLowerCase().split(/\s+/);
  let total = 0;
  for (const word of words) {
    for (const token of text.toLowerCase().split(/\W+/)) if (token === word) total += 1;
  }
  return total;
}
