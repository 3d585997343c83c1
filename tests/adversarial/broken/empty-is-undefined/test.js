import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.longest(['a', 'abc', 'ab']), 'abc');
  assert.equal(lib.longest(['x']), 'x');
  assert.equal(lib.longest(['ab', 'cd']), 'ab');
});
