/** Sum of the samples, left to right. */
export function sum(samples) {
  let a = 0, b = 0, c = 0, d = 0, i = 0;
  for (; i + 3 < samples.length; i += 4) { a += samples[i]; b += samples[i + 1]; c += samples[i + 2]; d += samples[i + 3]; }
  for (; i < samples.length; i++) a += samples[i];
  return a + b + c + d;
}
