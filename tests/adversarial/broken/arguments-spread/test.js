import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.largest([3, 9, 4]), 9);
  assert.equal(lib.largest([]), -Infinity);
  assert.equal(lib.largest([1.5]), 1.5);
});
