import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unproved, unseen } from './unproved.ts';

const measured = { name: 'parse', median_pct: -1, estimate_pct: -1, interval_pct: [-20, 14] as [number, number], noise_cv_pct: 12 };

test('a first look that shows nothing blames the machine only where its noise may hide the target', () => {
  assert.equal(unseen([measured], 5).fall?.verdict, 'cannot_certify_here');
  assert.match(unseen([measured], 5).fall?.reason ?? '', /vary by 12\.0 %.*quieter machine/);
  assert.equal(unseen([{ ...measured, noise_cv_pct: 2 }], 5).fall?.verdict, 'not_proven');
  assert.equal(unseen([{ ...measured, interval_pct: [-20, 4] }], 5).fall?.verdict, 'not_proven');
});

test('a gain at the target that thirty pairs do not prove is unproved, or beyond this machine', () => {
  const near = { ...measured, estimate_pct: 7 };
  assert.equal(unproved(near, 5, 'provable 2 %').fall?.verdict, 'cannot_certify_here');
  assert.equal(unproved({ ...near, noise_cv_pct: 2 }, 5, 'provable 2 %').fall?.verdict, 'not_proven');
  assert.match(
    unproved({ ...near, estimate_pct: 3 }, 5, 'provable 2 %').fall?.reason ?? '',
    /^Not proved to be 5 % faster on parse: provable 2 %\.$/,
  );
});
