import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.added(['A', 'b'], ['b']), ['a']);
  assert.deepEqual(lib.added([], []), []);
  assert.deepEqual(lib.added(['X'], []), ['x']);
});
