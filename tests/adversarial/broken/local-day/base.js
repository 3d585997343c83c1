/** The day of a moment, in universal time. */
export function dayOf(moment) {
  return moment.toISOString().slice(0, 10);
}
