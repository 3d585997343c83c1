import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual([...lib.pages([1, 2, 3], 2)], [[1, 2], [3]]);
  assert.deepEqual([...lib.pages([], 2)], []);
  assert.throws(() => [...lib.pages([1], 0)], RangeError);
});
