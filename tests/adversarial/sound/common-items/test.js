import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.ts';

test('works as before', async () => {
  assert.deepEqual(lib.common([1, 2, 3], [3, 1]), [1, 3]);
  assert.deepEqual(lib.common([], [1]), []);
  assert.deepEqual(lib.common(['a', 'b', 'a'], ['a']), ['a', 'a']);
});
