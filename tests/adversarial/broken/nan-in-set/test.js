import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.newReadings([1, 2, 3], [2]), [1, 3]);
  assert.deepEqual(lib.newReadings([1.5, 0, -2], [0]), [1.5, -2]);
  assert.deepEqual(lib.newReadings([], [1]), []);
});
