import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.reachable(new Map([['a', ['b', 'c']], ['b', ['d', 'a']]]), 'a'), ['a', 'b', 'c', 'd']);
  assert.deepEqual(lib.reachable(new Map(), 'x'), ['x']);
  assert.deepEqual(lib.reachable(new Map([[1, [2]], [2, [1]]]), 1), [1, 2]);
});
