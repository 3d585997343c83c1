import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.median([3, 1, 2]), 2);
  assert.equal(lib.median([4, 1, 2, 3]), 2.5);
  assert.ok(Number.isNaN(lib.median([])));
});
