/** The largest of the readings; -Infinity for none. */
export function largest(readings) {
  return Math.max(...readings);
}
