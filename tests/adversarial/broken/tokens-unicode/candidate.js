/** Score of a text: how often the words of the query occur. */
export function score(text, query) {
  const words = new Set(query.toLowerCase().split(/\s+/));
  let total = 0;
  for (const [token] of text.toLowerCase().matchAll(/[a-z]+/g)) if (words.has(token)) total += 1;
  return total;
}
