import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('copies', async () => {
  const seen = [];
  assert.equal(await lib.copyPages([1, 2, 3], async (page) => { seen.push(page); }), 3);
  assert.deepEqual(seen, [1, 2, 3]);
});
