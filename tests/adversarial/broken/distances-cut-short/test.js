import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.search({ a: ['b', 'c'], b: ['d'], c: [] }, 'a', 'd'), { reached: true, steps: [['a', 0], ['b', 1], ['c', 1], ['d', 2]] });
  assert.equal(lib.search({ a: [] }, 'a', 'z').reached, false);
  assert.deepEqual(lib.search({ a: ['b'], b: ['a', 'c'] }, 'a', 'b').steps.length, 3);
});
