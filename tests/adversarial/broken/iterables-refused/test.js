import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.sentence(['a', 'b', 'c']), 'a, b and c');
  assert.equal(lib.sentence(new Set(['x'])), 'x');
  assert.equal(lib.sentence([]), '');
});
