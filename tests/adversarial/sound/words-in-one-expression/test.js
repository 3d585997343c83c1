import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.mentioning(['a red car', 'a tree'], ['red', 'blue']), ['a red car']);
  assert.deepEqual(lib.mentioning(['redder'], ['red']), []);
  assert.deepEqual(lib.mentioning(['x'], []), []);
  assert.deepEqual(lib.mentioning([], ['x']), []);
});
