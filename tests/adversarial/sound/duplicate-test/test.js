import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.hasDuplicates([1, 2, 3, 2]), true);
  assert.equal(lib.hasDuplicates([1, 2, 3]), false);
  assert.equal(lib.hasDuplicates([]), false);
  assert.equal(lib.hasDuplicates(['a', 'b', 'a']), true);
});
