import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketOf, histogramOf, largestSeen } from './histogram.ts';
import { judgeSizes, losesTypically, restsOnRareSizes } from './seen-sizes.ts';

const at = (gains: Record<number, number>) => Object.entries(gains).map(([size, gain_pct]) => ({ size: Number(size), gain_pct }));

test('sizes are counted by powers of two, over all functions', () => {
  assert.deepEqual([0, 1, 2, 3, 4, 1023, 1024].map(bucketOf), [0, 1, 2, 2, 3, 10, 11]);
  const histogram = histogramOf([
    { 0: 2, 3: 5 },
    { 3: 1, 2: 0 },
  ]);
  assert.deepEqual(
    [...histogram],
    [
      [0, 2],
      [3, 6],
    ],
  );
  assert.equal(largestSeen(histogram), 7);
  assert.equal(largestSeen(new Map()), null);
});

test('a win only beyond every recorded size is none', () => {
  const histogram = histogramOf([{ 3: 900, 5: 100 }]);
  const verdict = judgeSizes(at({ 8: 0.5, 32: 1, 1000: 70 }), histogram);
  assert.equal(verdict.win, 'only_at_unseen_sizes');
  assert.match(verdict.reason, /faster only from size 1000 on, but the largest of 1000 recorded calls had a size of at most 31/);
  assert.equal(judgeSizes(at({ 8: 0.5, 31: 20, 1000: 70 }), histogram).win, 'at_seen_sizes');
});

test('a loss of the typical call is not paid for by one that is rare', () => {
  const histogram = histogramOf([{ 2: 995, 14: 5 }]);
  const loss = judgeSizes(at({ 3: -15, 10_000: 90 }), histogram);
  assert.ok(losesTypically(loss, histogram), JSON.stringify(loss));
  assert.match(loss.reason, /typical call is 1\d % slower/);
  assert.ok(restsOnRareSizes(loss, histogram));
  const common = histogramOf([{ 2: 900, 14: 100 }]);
  assert.ok(!restsOnRareSizes(judgeSizes(at({ 3: -60, 10_000: 50 }), common), common));
  const fair = judgeSizes(at({ 3: -1, 10_000: 90 }), histogram);
  assert.ok(!losesTypically(fair, histogram), JSON.stringify(fair));
  const few = histogramOf([{ 2: 9, 14: 1 }]);
  assert.ok(!losesTypically(judgeSizes(at({ 3: -15, 10_000: 20 }), few), few));
});

test('without recorded sizes nothing is said', () => {
  assert.equal(judgeSizes(at({ 10: 50 }), new Map()).win, 'unknown');
  assert.equal(judgeSizes([], histogramOf([{ 1: 1 }])).win, 'unknown');
  assert.equal(judgeSizes(at({ 4: 1 }), histogramOf([{ 3: 1 }])).win, 'nowhere');
});
