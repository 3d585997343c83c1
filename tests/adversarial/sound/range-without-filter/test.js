import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.multiples(3, 10), [0, 3, 6, 9]);
  assert.deepEqual(lib.multiples(2, 0), []);
  assert.deepEqual(lib.multiples(5, 1), [0]);
});
