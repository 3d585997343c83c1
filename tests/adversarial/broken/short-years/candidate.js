/** Day of a date in UTC, ISO form. */
export function isoDay(date) {
  const month = date.getUTCMonth() + 1;
  const day = date.getUTCDate();
  return date.getUTCFullYear() + (month < 10 ? '-0' : '-') + month + (day < 10 ? '-0' : '-') + day;
}
