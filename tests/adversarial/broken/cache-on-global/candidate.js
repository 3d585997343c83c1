/** Score of a text: how often the words of the query occur. */
export function score(text, query) {
  globalThis.scores ??= new Map();
  const key = query + '|' + text;
  if (globalThis.scores.has(key)) return globalThis.scores.get(key);
  const words = query.toLowerCase().split(/\s+/);
  let total = 0;
  for (const word of words) {
    for (const token of text.toLowerCase().split(/\W+/)) if (token === word) total += 1;
  }
  globalThis.scores.set(key, total);
  return total;
}
