import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', () => {
  assert.equal(lib.level([1, 2, 3]), 14);
  assert.equal(lib.level([0.5, 0.25]), 1);
  assert.equal(lib.level([]), 0);
});
