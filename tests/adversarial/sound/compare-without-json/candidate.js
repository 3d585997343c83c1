/** Whether two days are the same day (UTC). */
export function sameDay(a, b) {
  const left = a.getTime();
  const right = b.getTime();
  // An invalid date throws, as toISOString does.
  if (left !== left || right !== right) return a.toISOString() === b.toISOString();
  return Math.floor(left / 86400000) === Math.floor(right / 86400000);
}
