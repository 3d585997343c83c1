/** How often each letter occurs, in the order of first sight. */
export function letterCounts(text) {
  const counts = new Map();
  for (const letter of new Set(text)) counts.set(letter, [...text].filter((other) => other === letter).length);
  return counts;
}
