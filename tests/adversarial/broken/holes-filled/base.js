/** Sum of squares of the measured places; places without a measurement are holes. */
export function squares(readings) {
  const out = [];
  readings.forEach((value, index) => {
    out[index] = value * value;
  });
  return out;
}
