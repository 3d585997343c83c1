/** Weighted sum of the readings: the later a reading, the more it counts. */
export function level(readings) {
  let sum = 0;
  for (let index = 0; index < readings.length; index++) {
    const reading = readings[index];
    if (reading < 0) continue;
    sum += reading * (index + 1);
  }
  return sum;
}
