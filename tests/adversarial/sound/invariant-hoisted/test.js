import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.inRange([{ name: 'a', value: 5 }, { name: 'b', value: 50 }], { from: 1, to: 10 }), ['a']);
  assert.deepEqual(lib.inRange([], { from: 1, to: 2 }), []);
  assert.deepEqual(lib.inRange([{ name: 'x', value: 2 }], { from: 2, to: 2 }), ['x']);
});
