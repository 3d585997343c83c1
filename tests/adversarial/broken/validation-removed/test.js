import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.meanRating([4, 5]), 4.5);
  assert.equal(lib.meanRating([1]), 1);
  assert.ok(Number.isNaN(lib.meanRating([])));
});
