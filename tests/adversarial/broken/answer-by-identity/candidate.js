const answers = new WeakMap();
/** Weighted sum of the readings: the later a reading, the more it counts. */
export function level(readings) {
  const known = answers.get(readings);
  if (known !== undefined) return known;
  let sum = 0;
  for (let index = 0; index < readings.length; index++) sum += readings[index] * (index + 1);
  answers.set(readings, sum);
  return sum;
}
