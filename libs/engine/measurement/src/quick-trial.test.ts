import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seenEnough } from './quick-trial.ts';

const ratios = (...gains_pct: number[]): number[] => gains_pct.map((gain) => -Math.log(1 - gain / 100));

test('four pairs that show hope, or of which none shows the target, are enough', () => {
  assert.equal(seenEnough(ratios(14, 15, 16), 5), false);
  assert.equal(seenEnough(ratios(14, 15, 16, 15), 5), true);
  assert.equal(seenEnough(ratios(-1, 0.5, 1, 4.9), 5), true);
});

test('where noise hides the answer, four more pairs are asked', () => {
  assert.equal(seenEnough(ratios(14, -12, -3, -4), 5), false);
  assert.equal(seenEnough(ratios(14, -12, -3, -4, 12), 5), false);
});
