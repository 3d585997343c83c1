import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.cleanLines(' a \n\n b'), ['a', 'b']);
  assert.deepEqual(lib.cleanLines(''), []);
  assert.deepEqual(lib.cleanLines('x'), ['x']);
});
