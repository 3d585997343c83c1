import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.fields('a, b ,c'), ['a', 'b', 'c']);
  assert.deepEqual(lib.fields(''), ['']);
  assert.deepEqual(lib.fields('  x  '), ['x']);
});
