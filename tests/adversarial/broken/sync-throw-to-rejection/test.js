import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(await lib.load({ a: 1 }, 'a'), 1);
  assert.equal(await lib.load({ a: 1, b: 2 }, 'b'), 2);
});
