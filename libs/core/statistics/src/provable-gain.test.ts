import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { gainPctOfLogRatio, logRatio, logRatioOfGainPct } from './gain.ts';
import { provableGainPct, provesAtLeast } from './provable-gain.ts';

test('gain is the percent of the old time saved', () => {
  assert.ok(Math.abs(gainPctOfLogRatio(logRatio(10, 5)) - 50) < 1e-12);
  assert.ok(Math.abs(gainPctOfLogRatio(logRatio(10, 20)) + 100) < 1e-12);
  assert.ok(Math.abs(gainPctOfLogRatio(logRatioOfGainPct(31)) - 31) < 1e-12);
  assert.throws(() => logRatio(0, 1), RangeError);
  assert.throws(() => logRatioOfGainPct(100), RangeError);
});

test('is the largest gain that the test still rejects', () => {
  const samples = fc.array(fc.double({ min: -0.2, max: 1.5, noNaN: true }), { minLength: 10, maxLength: 20 });
  fc.assert(
    fc.property(samples, (ratios) => {
      const pct = provableGainPct(ratios, 0.0025);
      assert.ok(pct !== null);
      assert.ok(provesAtLeast(ratios, pct, 0.0025));
    }),
  );
  const distinct = Array.from({ length: 12 }, (_, i) => 0.3 + Math.sqrt(i + 1) * 0.01);
  const pct = provableGainPct(distinct, 0.0025) as number;
  assert.equal(provesAtLeast(distinct, pct + 0.02, 0.0025), false);
});

test('never exceeds the estimate, is null with too few pairs and negative for a slower candidate', () => {
  assert.equal(provableGainPct([0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5], 0.0025), null);
  const constant = Array.from({ length: 10 }, () => Math.log(2));
  assert.equal(provableGainPct(constant, 0.0025), 49.99);
  const slower = Array.from({ length: 10 }, (_, i) => -0.1 - i * 0.001);
  assert.ok((provableGainPct(slower, 0.0025) as number) < -10);
});
