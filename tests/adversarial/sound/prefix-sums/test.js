import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.windows([1, 2, 3, 4], 2), [3, 5, 7]);
  assert.deepEqual(lib.windows([], 2), []);
  assert.deepEqual(lib.windows([5], 1), [5]);
});
