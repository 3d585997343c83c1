import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.squares([1, 2, 3]), [1, 4, 9]);
  assert.deepEqual(lib.squares([]), []);
  assert.deepEqual(lib.squares([-2]), [4]);
});
