/** Day of a date in UTC, ISO form. */
export function isoDay(date) {
  const two = (n) => String(n).padStart(2, '0');
  return `${String(date.getUTCFullYear()).padStart(4, '0')}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}
