/** Sum of the samples, left to right. */
export function sum(samples) {
  return samples.reduce((total, sample) => total + sample, 0);
}
