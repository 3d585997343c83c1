import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual([...lib.letterCounts('abca')], [['a', 2], ['b', 1], ['c', 1]]);
  assert.deepEqual([...lib.letterCounts('')], []);
  assert.equal(lib.letterCounts('hello world').get('l'), 3);
});
