/** Distinct values in the order of first sight (Object.is decides). */
export function distinct(values) {
  const out = [];
  for (const value of values) {
    if (!out.some((other) => Object.is(other, value))) out.push(value);
  }
  return out;
}
