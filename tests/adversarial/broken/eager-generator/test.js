import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual([...lib.answers([1, 2], (n) => n * 2)], [2, 4]);
  assert.deepEqual([...lib.answers([], (n) => n)], []);
});
