import assert from 'node:assert/strict';
import { test } from 'node:test';
import { betaQuantile, incompleteBeta, logGamma, studentT } from './beta.ts';
import { coefficientOfVariationPct, median, medianAbsoluteDeviation, robustCvPct, standardDeviation } from './describe.ts';
import { fitGrowth, growthClass } from './growth.ts';
import { holm } from './holm.ts';
import { Pcg32 } from './pcg32.ts';
import { clopperPearson } from './proportion.ts';

const close = (actual: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} ± ${tolerance}`);

test('PCG32 gives the sequence of the reference implementation', () => {
  // Output of pcg32-demo (pcg-c-basic) for initstate 42, initseq 54.
  const random = new Pcg32(42, 54);
  const words = Array.from({ length: 6 }, () => random.nextUint32());
  assert.deepEqual(words, [0xa15c02b7, 0x7b47f409, 0xba1d3330, 0x83d2f293, 0xbfa4784b, 0xcbed606e]);
});

test('bounded numbers cover their range evenly and shuffles keep every value', () => {
  const random = new Pcg32(7);
  const counts = Array.from({ length: 6 }, () => 0);
  for (let i = 0; i < 6000; i++) {
    const face = random.nextBelow(6);
    counts[face] = (counts[face] ?? 0) + 1;
  }
  for (const count of counts) assert.ok(count > 850 && count < 1150, String(counts));
  assert.deepEqual(
    random.shuffle([1, 2, 3, 4, 5]).sort((a, b) => a - b),
    [1, 2, 3, 4, 5],
  );
  assert.throws(() => random.nextBelow(0), RangeError);
});

test('gamma, beta and Student agree with tabulated values', () => {
  close(logGamma(10), Math.log(362880), 1e-12);
  close(logGamma(0.5), Math.log(Math.sqrt(Math.PI)), 1e-12);
  close(incompleteBeta(0.3, 2, 3), 0.3483, 1e-10);
  close(incompleteBeta(betaQuantile(0.42, 5, 9), 5, 9), 0.42, 1e-10);
  // Table of Student's t, two-sided: 1 df 95 %, 10 df 95 %, 10 df 99 %, 30 df 99 %.
  close(studentT(0.95, 1), 12.706, 5e-4);
  close(studentT(0.95, 10), 2.228, 5e-4);
  close(studentT(0.99, 10), 3.169, 5e-4);
  close(studentT(0.99, 30), 2.75, 5e-4);
});

test('Clopper-Pearson intervals have exactly the promised tails', () => {
  close(clopperPearson(0, 300).upper, 1 - 0.025 ** (1 / 300), 1e-12);
  assert.equal(clopperPearson(0, 300).lower, 0);
  close(clopperPearson(10, 10).lower, 0.025 ** (1 / 10), 1e-12);
  close(clopperPearson(3, 20).lower, 0.0321, 5e-5);
  close(clopperPearson(3, 20).upper, 0.3789, 5e-5);
  assert.throws(() => clopperPearson(3, 2), RangeError);
});

test('Holm adjusts step by step and keeps the order', () => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
  for (const [i, expected] of [0.03, 0.06, 0.06, 0.02].entries()) close(adjusted[i] as number, expected, 1e-12);
  assert.deepEqual(holm([]), []);
  assert.deepEqual(holm([0.9, 0.8]), [1, 1]);
  assert.throws(() => holm([1.2]), RangeError);
});

test('growth exponents are found within their interval', () => {
  const sizes = [100, 100, 400, 400, 1600, 1600];
  const quadratic = fitGrowth(sizes.map((size, i) => ({ size, time: 3e-5 * size ** 2 * (1 + 0.02 * (i % 2)) })));
  close(quadratic.exponent, 2, 0.01);
  assert.ok(quadratic.lower < 2 && quadratic.upper > 2 && quadratic.r_squared > 0.99);
  assert.equal(growthClass(quadratic.exponent), 'quadratic');
  assert.equal(growthClass(1.1), 'linear');
  const two = fitGrowth([
    { size: 1, time: 1 },
    { size: 4, time: 4 },
  ]);
  assert.equal(two.exponent, 1);
  assert.equal(two.upper, Number.POSITIVE_INFINITY);
  assert.throws(
    () =>
      fitGrowth([
        { size: 5, time: 1 },
        { size: 5, time: 2 },
      ]),
    RangeError,
  );
});

test('descriptive values', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.equal(medianAbsoluteDeviation([1, 1, 2, 2, 4, 6, 9]), 1);
  close(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9]), 2.138, 5e-4);
  close(coefficientOfVariationPct([9, 10, 11]), 10, 1e-12);
  close(robustCvPct([9, 10, 11]), 14.826, 1e-9);
  assert.throws(() => median([]), RangeError);
});
