import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual([...lib.batches([1, 2, 3], 2)], [[1, 2], [3]]);
  assert.deepEqual([...lib.batches([], 2)], []);
  assert.equal(lib.batchCount([1, 2, 3], 1), 3);
});
