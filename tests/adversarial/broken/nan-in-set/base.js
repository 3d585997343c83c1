/** Readings of today that yesterday did not have. */
export function newReadings(today, yesterday) {
  const fresh = [];
  for (const value of today) {
    if (yesterday.indexOf(value) === -1) fresh.push(value);
  }
  return fresh;
}
