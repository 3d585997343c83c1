import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.characters('hello'), 5);
  assert.equal(lib.characters(''), 0);
  assert.equal(lib.characters('e\u0301'), 1);
});
