import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.totalCents([100, 250]), 350);
  assert.equal(lib.totalCents([]), 0);
  assert.equal(lib.totalCents([1.9, 2.9]), 3);
});
