import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.sum([1, 2, 3, 4, 5]), 15);
  assert.equal(lib.sum([]), 0);
  assert.equal(lib.sum([0.5, 0.25]), 0.75);
});
