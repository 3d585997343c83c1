import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.keep([1, 2, 3, 4], (x) => x % 2 === 0), [2, 4]);
  assert.deepEqual(lib.keep([], () => true), []);
  assert.deepEqual(lib.keep(['a'], () => false), []);
});
