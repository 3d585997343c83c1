import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  const record = { a: [1, { b: 2 }], c: 'x' };
  const copy = lib.snapshot(record);
  assert.deepEqual(copy, record);
  assert.notEqual(copy.a, record.a);
  assert.equal(lib.snapshot(5), 5);
});
