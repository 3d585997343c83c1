/** How often each letter occurs, in the order of first sight. */
export function letterCounts(text) {
  const counts = new Map();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return counts;
}
