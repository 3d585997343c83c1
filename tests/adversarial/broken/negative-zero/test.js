import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.distinct([3, 1, 3, 2, 1]), [3, 1, 2]);
  assert.deepEqual(lib.distinct([]), []);
  assert.deepEqual(lib.distinct([0.5, 0.5, 7]), [0.5, 7]);
});
