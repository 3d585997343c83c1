import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type Alternative, criticalValue, nullDistribution, signedRankTest, type ZeroPolicy } from './signed-rank.ts';

/** Two-sided 10 % and 5 %: University of York, Department of Mathematics, "Critical Values for T" (york.ac.uk/depts/maths/tables/wilcoxon). */
const YORK: Record<number, [number, number]> = {
  6: [2, 0],
  7: [3, 2],
  8: [5, 3],
  9: [8, 5],
  10: [10, 8],
  12: [17, 13],
  13: [21, 17],
  15: [30, 25],
  17: [41, 34],
  18: [47, 40],
  19: [53, 46],
  20: [60, 52],
  21: [67, 58],
  22: [75, 65],
  23: [83, 73],
  24: [91, 81],
  25: [100, 89],
};

/** One-sided 0.5 %: Siegel and Castellan, Nonparametric Statistics for the Behavioral Sciences, 2nd ed. 1988, table H. */
const SIEGEL_005: Record<number, number> = { 10: 3, 11: 5, 12: 7, 15: 15, 19: 32 };

/** The published tables that round to the nearest probability are one higher at some n; these entries have P <= alpha strictly. */
test('critical values agree with the published tables', () => {
  for (const [n, [ten, five]] of Object.entries(YORK)) {
    assert.equal(criticalValue(Number(n), 0.05), ten, `n ${n}, one-sided 5 %`);
    assert.equal(criticalValue(Number(n), 0.025), five, `n ${n}, one-sided 2.5 %`);
  }
  for (const [n, w] of Object.entries(SIEGEL_005)) assert.equal(criticalValue(Number(n), 0.005), w, `n ${n}, one-sided 0.5 %`);
  assert.equal(criticalValue(5, 0.025), -1);
});

test('gives the published p-value of the depression data', () => {
  // M. Hollander, D. A. Wolfe, Nonparametric Statistical Methods, 1973, table 3.1: T+ = 40, one-sided p = 0.0195.
  const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
  const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
  const result = signedRankTest(before.map((b, i) => b - (after[i] as number)));
  assert.equal(result.w_plus, 40);
  assert.equal(result.p, 10 / 512);
});

test('the smallest p with n pairs is 2^-n, exact up to 60 pairs', () => {
  for (const n of [1, 5, 9, 10, 30, 60]) {
    const p = signedRankTest(Array.from({ length: n }, (_, i) => i + 1)).p;
    assert.ok(Math.abs(p / 2 ** -n - 1) < 1e-12, `n ${n}`);
  }
  assert.equal(signedRankTest(Array.from({ length: 8 }, (_, i) => i + 1)).p > 0.0025, true);
});

test('the null distribution is symmetric and sums to one', () => {
  const probability = nullDistribution(Array.from({ length: 60 }, (_, i) => 2 * (i + 1)));
  assert.ok(Math.abs(probability.reduce((a, b) => a + b, 0) - 1) < 1e-12);
  for (let i = 0; i < probability.length; i++) {
    const [left, right] = [probability[i] as number, probability[probability.length - 1 - i] as number];
    assert.ok(Math.abs(left - right) <= 1e-12 * Math.max(left, right));
  }
});

/** Mid-ranks by counting, and every sign assignment in turn: a second implementation that shares no idea with the first. */
function bruteForce(differences: number[], alternative: Alternative, zeros: ZeroPolicy): number {
  const pool = zeros === 'pratt' ? differences : differences.filter((d) => d !== 0);
  const rank = (d: number) => {
    const below = pool.filter((o) => Math.abs(o) < Math.abs(d)).length;
    const equal = pool.filter((o) => Math.abs(o) === Math.abs(d)).length;
    return below + (equal + 1) / 2;
  };
  const used = pool.filter((d) => d !== 0);
  const ranks = used.map(rank);
  const observed = used.reduce((sum, d, i) => sum + (d > 0 ? (ranks[i] as number) : 0), 0);
  let greater = 0;
  let less = 0;
  for (let signs = 0; signs < 2 ** used.length; signs++) {
    const w = ranks.reduce((sum, r, i) => sum + ((signs >> i) & 1 ? r : 0), 0);
    if (w >= observed) greater++;
    if (w <= observed) less++;
  }
  const total = 2 ** used.length;
  return { greater: greater / total, less: less / total, two_sided: Math.min(1, (2 * Math.min(greater, less)) / total) }[alternative];
}

test('agrees with enumeration of all signs, with ties and zeros', () => {
  const value = fc.oneof(fc.integer({ min: -4, max: 4 }), fc.double({ min: -2, max: 2, noNaN: true }));
  fc.assert(
    fc.property(
      fc.array(value, { maxLength: 10 }),
      fc.constantFrom<Alternative>('greater', 'less', 'two_sided'),
      fc.constantFrom<ZeroPolicy>('pratt', 'wilcoxon'),
      (differences, alternative, zeros) => {
        const p = signedRankTest(differences, alternative, zeros).p;
        assert.ok(Math.abs(p - bruteForce(differences, alternative, zeros)) < 1e-12);
      },
    ),
  );
});

test('zeros weigh against a claim under pratt and nothing but zeros proves nothing', () => {
  const data = [0, 0, 0, 1, 2, 3, 4, -0.5];
  assert.ok(signedRankTest(data, 'greater', 'pratt').w_minus > signedRankTest(data, 'greater', 'wilcoxon').w_minus);
  assert.equal(signedRankTest([0, 0, -0]).p, 1);
  assert.equal(signedRankTest([]).p, 1);
});

test('mirroring the data swaps the sides and scaling changes nothing', () => {
  const data = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(data, (differences) => {
      const p = signedRankTest(differences, 'greater').p;
      assert.equal(
        signedRankTest(
          differences.map((d) => -d),
          'less',
        ).p,
        p,
      );
      assert.equal(signedRankTest(differences.map((d) => d * 8)).p, p);
      assert.ok(p > 0 && p <= 1);
    }),
  );
});

test('refuses what it cannot rank', () => {
  assert.throws(() => signedRankTest([1, Number.NaN]), RangeError);
  assert.throws(() => signedRankTest([Number.POSITIVE_INFINITY]), RangeError);
  assert.throws(() => signedRankTest(Array.from({ length: 501 }, () => 1)), RangeError);
});
