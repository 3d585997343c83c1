import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.total([{ price: 2, count: 3 }, { price: 1, count: 1 }]), 7);
  assert.equal(lib.total([]), 0);
});
