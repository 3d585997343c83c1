import { median } from './describe.ts';
import { criticalValue } from './signed-rank.ts';

export interface Interval {
  lower: number;
  upper: number;
  /** Confidence that was reached: at least the wanted one, or less when n is too small for it. */
  confidence: number;
}

/** Means of all pairs (each value also with itself), ascending: n(n+1)/2 values. */
export function walshAverages(values: readonly number[]): number[] {
  const averages: number[] = [];
  for (let i = 0; i < values.length; i++) {
    for (let j = i; j < values.length; j++) averages.push(((values[i] as number) + (values[j] as number)) / 2);
  }
  return averages.sort((a, b) => a - b);
}

/** Median of the Walsh averages: the centre that the signed-rank test speaks about. J. L. Hodges, E. L. Lehmann, Ann. Math. Stat. 34 (1963) 598-611. */
export const hodgesLehmann = (values: readonly number[]): number => median(walshAverages(values));

/**
 * Exact interval for the centre by inverting the two-sided signed-rank test (M. Hollander, D. A. Wolfe, Nonparametric Statistical
 * Methods, 3.3): order statistics of the Walsh averages. Conservative with ties. When n is too small for the wanted confidence the
 * widest interval [min, max] comes back with the confidence 1 - 2^(1-n) that it has.
 */
export function exactInterval(values: readonly number[], confidence: number): Interval {
  if (values.length === 0) throw new RangeError('an interval needs at least one value');
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`confidence must lie between 0 and 1, got ${confidence}`);
  const averages = walshAverages(values);
  const outside = criticalValue(values.length, (1 - confidence) / 2);
  if (outside < 0) {
    return { lower: averages[0] as number, upper: averages.at(-1) as number, confidence: 1 - 2 ** (1 - values.length) };
  }
  // Below 50 % confidence on tiny n both ends could pass each other; the middle is then the whole interval.
  const index = Math.min(outside, (averages.length - 1) >> 1);
  return { lower: averages[index] as number, upper: averages[averages.length - 1 - index] as number, confidence };
}
