import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.padded([1, 23], 3), ['001', '023']);
  assert.deepEqual(lib.padded([], 3), []);
  assert.deepEqual(lib.padded([1234], 3), ['1234']);
});
