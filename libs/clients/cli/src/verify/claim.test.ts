import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeClaim } from './claim.ts';

const certified = (estimate_pct: number, provable_pct: number) => ({
  verdict: 'certified' as const,
  reason: 'faster',
  estimate_pct,
  provable_pct,
});

test('a claim holds where the change is certified with about the same gain', () => {
  for (const estimate of [82, 78, 99])
    assert.deepEqual(judgeClaim(80, certified(estimate, 70), 5), { held: true, words: `at least 70 % (estimate ${estimate} %)` });
  assert.equal(judgeClaim(null, certified(8, 6), 5).held, true);
});

test('a claim of more than there is does not hold, though the change is faster', () => {
  assert.deepEqual(judgeClaim(99, certified(60, 55), 5), {
    held: false,
    words: 'at least 55 % (estimate 60 %): faster, but by less than was claimed',
  });
  assert.equal(judgeClaim(80, certified(75, 70), 5).held, false);
});

test('a change that is not certified here says why', () => {
  const here = { verdict: 'not_proven' as const, reason: 'Not faster in a first look.', estimate_pct: null, provable_pct: null };
  assert.deepEqual(judgeClaim(80, here, 5), { held: false, words: 'Not faster in a first look.' });
});
