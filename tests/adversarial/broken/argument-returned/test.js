import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.ranked([1, 3, 2]), [3, 2, 1]);
  assert.deepEqual(lib.ranked([3, 2, 1]), [3, 2, 1]);
  assert.deepEqual(lib.ranked([]), []);
});
