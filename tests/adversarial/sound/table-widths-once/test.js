import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.table([['a', 'bb'], ['ccc', 'd']]), ['a   | bb', 'ccc | d ']);
  assert.deepEqual(lib.table([]), []);
  assert.deepEqual(lib.table([['x'], ['yy', 'z']]), ['x ', 'yy | z']);
});
