/**
 * Exact Wilcoxon signed-rank test. The null distribution is the permutation distribution of the sum of positive ranks given the
 * observed absolute values: each difference is positive or negative with probability 1/2. Ties get mid-ranks, so ranks are held
 * doubled to stay whole numbers. Sources: F. Wilcoxon, Biometrics Bulletin 1 (1945) 80-83; J. W. Pratt, JASA 54 (1959) 655-667.
 */

/**
 * What becomes of differences that are exactly 0. `pratt` ranks them and then drops their ranks, so they weigh against a claim;
 * `wilcoxon` drops them before ranking.
 */
export type ZeroPolicy = 'pratt' | 'wilcoxon';
export type Alternative = 'greater' | 'less' | 'two_sided';

export interface SignedRankResult {
  /** Sum of the ranks of positive differences. */
  w_plus: number;
  /** Sum of the ranks of negative differences. */
  w_minus: number;
  /** Differences that are not 0. */
  n_used: number;
  zeros: number;
  p: number;
}

/** Work and memory grow with n^3 and n^2; beyond this bound use another test. */
export const PAIRS_MAX = 500;

interface DoubledRanks {
  positive: number[];
  negative: number[];
  zeros: number;
}

/** Mid-ranks of the absolute values, times two. */
function doubledRanks(differences: readonly number[], zero_policy: ZeroPolicy): DoubledRanks {
  const zeros = differences.filter((d) => d === 0).length;
  const ranked = (zero_policy === 'pratt' ? [...differences] : differences.filter((d) => d !== 0)).sort(
    (a, b) => Math.abs(a) - Math.abs(b),
  );
  const result: DoubledRanks = { positive: [], negative: [], zeros };
  for (let start = 0; start < ranked.length; ) {
    let end = start;
    while (end + 1 < ranked.length && Math.abs(ranked[end + 1] as number) === Math.abs(ranked[start] as number)) end++;
    const doubled = start + end + 2;
    for (let i = start; i <= end; i++) {
      const d = ranked[i] as number;
      if (d > 0) result.positive.push(doubled);
      else if (d < 0) result.negative.push(doubled);
    }
    start = end + 1;
  }
  return result;
}

/** Probability of each doubled rank sum under the null hypothesis, index = doubled sum. */
export function nullDistribution(doubled_ranks: readonly number[]): Float64Array {
  const total = doubled_ranks.reduce((sum, r) => sum + r, 0);
  const probability = new Float64Array(total + 1);
  probability[0] = 1;
  let reach = 0;
  for (const rank of doubled_ranks) {
    reach += rank;
    for (let s = reach; s >= 0; s--) {
      const without = probability[s] as number;
      const withRank = s >= rank ? (probability[s - rank] as number) : 0;
      probability[s] = (without + withRank) / 2;
    }
  }
  return probability;
}

function tail(probability: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let s = from; s <= to; s++) sum += probability[s] as number;
  return Math.min(1, sum);
}

/**
 * Tests whether the differences are centred above 0 (`greater`, the default), below 0 or off 0.
 * With no difference other than 0 the p-value is 1. Throws RangeError on NaN, infinities or more than {@link PAIRS_MAX} values.
 */
export function signedRankTest(
  differences: readonly number[],
  alternative: Alternative = 'greater',
  zero_policy: ZeroPolicy = 'pratt',
): SignedRankResult {
  if (differences.length > PAIRS_MAX) throw new RangeError(`at most ${PAIRS_MAX} differences, got ${differences.length}`);
  if (!differences.every(Number.isFinite)) throw new RangeError('every difference must be a finite number');
  const { positive, negative, zeros } = doubledRanks(differences, zero_policy);
  const plus = positive.reduce((sum, r) => sum + r, 0);
  const minus = negative.reduce((sum, r) => sum + r, 0);
  const probability = nullDistribution([...positive, ...negative]);
  const greater = tail(probability, plus, plus + minus);
  const less = tail(probability, 0, plus);
  const p = { greater, less, two_sided: Math.min(1, 2 * Math.min(greater, less)) }[alternative];
  return { w_plus: plus / 2, w_minus: minus / 2, n_used: positive.length + negative.length, zeros, p };
}

/**
 * Largest whole w with P(W+ <= w) <= alpha for n untied pairs, the classic critical value; -1 when there is none.
 * Agrees with R. L. McCornack, "Extended Tables of the Wilcoxon Matched Pair Signed Rank Statistic", JASA 60 (1965) 864-871.
 */
export function criticalValue(n: number, alpha: number): number {
  const probability = nullDistribution(Array.from({ length: n }, (_, i) => 2 * (i + 1)));
  let sum = 0;
  for (let w = 0; 2 * w < probability.length; w++) {
    sum += probability[2 * w] as number;
    // Sums of exact halves of halves are off by rounding in the last digits only; a relative slack keeps P = alpha inside.
    if (sum > alpha * (1 + 1e-12)) return w - 1;
  }
  return (n * (n + 1)) / 2;
}
