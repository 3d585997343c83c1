import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(await lib.inTurn([async () => 1, async () => 2]), [1, 2]);
  assert.deepEqual(await lib.inTurn([]), []);
});
