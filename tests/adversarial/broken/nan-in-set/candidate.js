/** Readings of today that yesterday did not have. */
export function newReadings(today, yesterday) {
  const known = new Set(yesterday);
  const fresh = [];
  for (const value of today) {
    if (!known.has(value)) fresh.push(value);
  }
  return fresh;
}
