import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('between', () => {
  assert.equal(lib.between(['a', 'b', 'c'], ', '), 'a, b, c');
  assert.equal(lib.between([], '-'), '');
});
