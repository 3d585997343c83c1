import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.beginsWithAny('https://x', ['http:', 'https:']), true);
  assert.equal(lib.beginsWithAny('ftp://x', ['http:', 'https:']), false);
  assert.equal(lib.beginsWithAny('x', []), false);
  assert.equal(lib.beginsWithAny('x', ['']), true);
});
