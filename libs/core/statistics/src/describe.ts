const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

/** Middle value, or the mean of the two middle ones. Throws RangeError on no values or NaN. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('the median of no values is not defined');
  if (values.some(Number.isNaN)) throw new RangeError('the median of values with NaN is not defined');
  const s = sorted(values);
  const half = s.length >> 1;
  const high = s[half] as number;
  return s.length % 2 === 1 ? high : ((s[half - 1] as number) + high) / 2;
}

/** Median absolute deviation from the median, unscaled (multiply by 1.4826 for the standard deviation of normal data). */
export function medianAbsoluteDeviation(values: readonly number[]): number {
  const centre = median(values);
  return median(values.map((v) => Math.abs(v - centre)));
}

export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('the mean of no values is not defined');
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}

/** Sample standard deviation (divisor n - 1); 0 for one value. */
export function standardDeviation(values: readonly number[]): number {
  const centre = mean(values);
  if (values.length === 1) return 0;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - centre) ** 2, 0) / (values.length - 1));
}

/** Coefficient of variation in percent of the mean; the mean must not be 0. */
export function coefficientOfVariationPct(values: readonly number[]): number {
  const centre = mean(values);
  if (centre === 0) throw new RangeError('the coefficient of variation needs a mean other than 0');
  return (100 * standardDeviation(values)) / Math.abs(centre);
}

/** Noise robust against single outliers: 100 * 1.4826 * MAD / median, in percent; the median must not be 0. */
export function robustCvPct(values: readonly number[]): number {
  const centre = median(values);
  if (centre === 0) throw new RangeError('the robust coefficient of variation needs a median other than 0');
  return (148.26 * medianAbsoluteDeviation(values)) / Math.abs(centre);
}
