/** Distinct values in the order of first sight (Object.is decides). */
export function distinct(values) {
  return [...new Set(values)];
}
