import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plural } from './plural.ts';

test('a count goes with its noun', () => {
  assert.equal(plural(1, 'CI minute'), '1 CI minute');
  assert.equal(plural(0, 'hot spot'), '0 hot spots');
  assert.equal(plural(0.5, 'day'), '0.5 days');
  assert.equal(plural(2, 'patch'), '2 patches');
  assert.equal(plural(3, 'memory'), '3 memories');
});
