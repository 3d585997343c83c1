/**
 * The one set of conventions for "faster". `ratio` = base time / candidate time, above 1 when the candidate is faster.
 * `gain_pct` = 100 * (1 - candidate / base) = percent of the old time that is saved; "at least 31 % faster" means gain_pct >= 31.
 * A ratio of 2 is a gain of 50 %, never of 100 %. Slower candidates have ratios below 1 and negative gains.
 */

/** Natural logarithm of base / candidate; both times must be above 0, in the same unit. */
export function logRatio(base_time: number, candidate_time: number): number {
  if (!(base_time > 0) || !(candidate_time > 0)) throw new RangeError(`times must be above 0, got ${base_time} and ${candidate_time}`);
  return Math.log(base_time) - Math.log(candidate_time);
}

export const ratioOfLog = (log_ratio: number): number => Math.exp(log_ratio);

/** Percent of the old time saved; -Infinity < gain < 100. */
export const gainPctOfLogRatio = (log_ratio: number): number => -100 * Math.expm1(-log_ratio);

/** Inverse of {@link gainPctOfLogRatio}; `gain_pct` must be below 100. */
export function logRatioOfGainPct(gain_pct: number): number {
  if (!(gain_pct < 100)) throw new RangeError(`a gain must be below 100 %, got ${gain_pct}`);
  return -Math.log1p(-gain_pct / 100);
}
