import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.primesUpTo(20), [2, 3, 5, 7, 11, 13, 17, 19]);
  assert.deepEqual(lib.primesUpTo(1), []);
  assert.deepEqual(lib.primesUpTo(2.5), [2]);
  assert.throws(() => lib.primesUpTo(1e9), RangeError);
});
