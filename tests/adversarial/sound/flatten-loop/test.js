import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.names({ name: 'a', children: [{ name: 'b', children: [{ name: 'c' }] }, { name: 'd' }] }), ['a', 'b', 'c', 'd']);
  assert.deepEqual(lib.names({ name: 'x' }), ['x']);
  assert.equal(lib.names({ name: 'r', children: [] }).length, 1);
});
