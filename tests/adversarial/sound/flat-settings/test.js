import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.flat({ a: 1, b: { c: 2, d: { e: 'x' } } }), { a: 1, 'b.c': 2, 'b.d.e': 'x' });
  assert.deepEqual(lib.flat({}), {});
  assert.deepEqual(lib.flat({ list: [1, 2], none: null }), { list: [1, 2], none: null });
});
