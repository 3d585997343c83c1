/** Whether two days are the same day (UTC). */
export function sameDay(a, b) {
  return a.toISOString().split('T')[0] === b.toISOString().split('T')[0];
}
