import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.places([3, 1, 2], [2, 9, 0]), [1, 3, 0]);
  assert.deepEqual(lib.places([], [1]), [0]);
  assert.equal(lib.lowerBound([1, 5], 3), 1);
});
