/** Weighted sum of the readings: the later a reading, the more it counts. */
export function level(readings) {
  let sum = 0;
  for (let index = 0; index < readings.length; index++) sum += Math.round(readings[index] * 1e6) * (index + 1);
  return sum / 1e6;
}
