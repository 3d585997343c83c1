import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seedOf } from './seed.ts';

test('the same candidate of the same run gets the same seed, another one another', () => {
  assert.equal(seedOf('r1', 'c1'), seedOf('r1', 'c1'));
  assert.notEqual(seedOf('r1', 'c1'), seedOf('r1', 'c2'));
  assert.notEqual(seedOf('r1', 'c1'), seedOf('r2', 'c1'));
  assert.ok(seedOf('', '') >= 0 && Number.isInteger(seedOf('ö', '😀')));
});
