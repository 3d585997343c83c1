import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { exactInterval, hodgesLehmann, walshAverages } from './hodges-lehmann.ts';
import { Pcg32 } from './pcg32.ts';
import { signedRankTest } from './signed-rank.ts';

test('estimate and order statistics of a small sample computed by hand', () => {
  assert.deepEqual(walshAverages([1, 2, 6]), [1, 1.5, 2, 3.5, 4, 6]);
  assert.equal(hodgesLehmann([1, 2, 6]), 2.75);
});

test('the interval of the depression data is the one of Hollander and Wolfe', () => {
  // Nonparametric Statistical Methods, 1973, examples 3.2 and 3.3: estimate 0.46; T+ critical 40 gives the order statistics 6 and 40 of 45.
  const x = [0.952, -0.147, 1.022, 0.43, 0.62, 0.59, 0.49, -0.08, 0.01];
  assert.ok(Math.abs(hodgesLehmann(x) - 0.46) < 1e-12);
  const averages = walshAverages(x);
  const interval = exactInterval(x, 0.95);
  assert.equal(interval.lower, averages[5]);
  assert.equal(interval.upper, averages[39]);
});

test('the interval holds exactly the shifts that the two-sided test does not reject', () => {
  const sample = fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 6, maxLength: 16 });
  fc.assert(
    fc.property(sample, fc.integer({ min: -1100, max: 1100 }), fc.constantFrom(0.8, 0.9, 0.95), (integers, shift, confidence) => {
      // Irrational spacing keeps Walsh averages and shifted values free of ties.
      const values = integers.map((v) => v + Math.abs(v) * Math.SQRT2 * 1e-3 + v * v * Math.PI * 1e-7);
      const at = shift + 0.123456789;
      const interval = exactInterval(values, confidence);
      const p = signedRankTest(
        values.map((v) => v - at),
        'two_sided',
      ).p;
      const inside = at >= interval.lower && at <= interval.upper;
      assert.equal(inside, p > (1 - confidence) * (1 + 1e-9) || interval.confidence < confidence);
    }),
    { numRuns: 300 },
  );
});

test('says which confidence it reached when there are too few values', () => {
  const interval = exactInterval([1, 2, 3], 0.99);
  assert.deepEqual(interval, { lower: 1, upper: 3, confidence: 0.75 });
});

test('covers the true centre as often as promised', () => {
  const seed = 20240;
  const random = new Pcg32(seed);
  let covered = 0;
  const trials = 2000;
  for (let t = 0; t < trials; t++) {
    const values = Array.from({ length: 12 }, () => random.nextFraction() + random.nextFraction() - 1);
    const interval = exactInterval(values, 0.95);
    if (interval.lower <= 0 && interval.upper >= 0) covered++;
  }
  assert.ok(covered / trials > 0.935, `seed ${seed}: covered ${covered} of ${trials}`);
});
