import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.depth({ reply: { reply: null } }), 2);
  assert.equal(lib.depth(null), 0);
  let chain = null; for (let i = 0; i < 50; i++) chain = { reply: chain };
  assert.equal(lib.depth(chain), 50);
});
