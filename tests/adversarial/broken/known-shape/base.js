/** Weighted sum of the readings: the later a reading, the more it counts. */
export function level(readings) {
  let sum = 0;
  for (const [index, reading] of readings.entries()) sum += reading * (index + 1);
  return sum;
}
