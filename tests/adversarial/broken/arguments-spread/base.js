/** The largest of the readings; -Infinity for none. */
export function largest(readings) {
  let most = -Infinity;
  readings.forEach((reading) => {
    most = Math.max(most, reading);
  });
  return most;
}
