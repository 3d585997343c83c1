import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.reachable({ a: ['b', 'c'], b: ['d'] }, 'a'), ['a', 'b', 'c', 'd']);
  assert.deepEqual(lib.reachable({}, 'x'), ['x']);
  assert.deepEqual(lib.reachable({ a: ['a'] }, 'a'), ['a']);
});
