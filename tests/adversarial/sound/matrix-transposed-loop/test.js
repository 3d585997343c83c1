import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.columnSums([[1, 2], [3, 4]]), [4, 6]);
  assert.deepEqual(lib.columnSums([]), []);
  assert.deepEqual(lib.columnSums([[0.5]]), [0.5]);
});
