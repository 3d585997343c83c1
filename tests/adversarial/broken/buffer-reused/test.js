import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual([...lib.frame([7, 8])], [2, 7, 8]);
  assert.deepEqual([...lib.frame([])], [0]);
  assert.deepEqual([...lib.frame([255])], [1, 255]);
});
