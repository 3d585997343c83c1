import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.pathTo({ name: 'b', parent: { name: 'a', parent: null } }), ['a', 'b']);
  assert.deepEqual(lib.pathTo(null), []);
  assert.deepEqual(lib.pathTo({ name: 'x' }), ['x']);
});
