/** Upper tail of the standard normal distribution at z >= 0, absolute error below 1e-7. Source: Abramowitz and Stegun 26.2.17. */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}

/**
 * Standard normal quantile of a one-sided tail: the z with P(Z > z) = alpha, with an error below 2e-4 for alpha down to 1e-5.
 * Throws RangeError unless 0 < alpha <= 0.5.
 */
export function normalUpperQuantile(alpha: number): number {
  if (!(alpha > 0 && alpha <= 0.5)) throw new RangeError(`alpha must lie above 0 and at most at 0.5, not at ${alpha}`);
  let low = 0;
  let high = 8;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (upperTail(middle) > alpha) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
