import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.toLine(['a', 'b']), 'a;b');
  assert.equal(lib.toLine([]), '');
  assert.equal(lib.toLine([1, 2.5, 'x']), '1;2.5;x');
});
