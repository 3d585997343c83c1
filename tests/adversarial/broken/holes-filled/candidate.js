/** Sum of squares of the measured places; places without a measurement are holes. */
export function squares(readings) {
  const out = new Array(readings.length);
  for (let index = 0; index < readings.length; index++) out[index] = readings[index] * readings[index];
  return out;
}
