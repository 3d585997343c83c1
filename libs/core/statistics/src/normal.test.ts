import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalUpperQuantile } from './normal.ts';

test('quantiles of the standard normal distribution as tabulated', () => {
  const table: [number, number][] = [
    [0.5, 0],
    [0.05, 1.6449],
    [0.025, 1.96],
    [0.01, 2.3263],
    [0.0025, 2.807],
    [0.001, 3.0902],
    [0.0001, 3.719],
  ];
  for (const [alpha, z] of table) assert.ok(Math.abs(normalUpperQuantile(alpha) - z) < 2e-4, `${alpha}: ${normalUpperQuantile(alpha)}`);
  assert.throws(() => normalUpperQuantile(0), RangeError);
  assert.throws(() => normalUpperQuantile(0.6), RangeError);
});
