import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.wordCount(' a  b '), 2);
  assert.equal(lib.wordCount(''), 0);
  assert.equal(lib.wordCount('one'), 1);
});
