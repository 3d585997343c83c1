/** The day of a moment, in universal time. */
export function dayOf(moment) {
  const two = (n) => (n < 10 ? '0' + n : n);
  return moment.getFullYear() + '-' + two(moment.getMonth() + 1) + '-' + two(moment.getDate());
}
