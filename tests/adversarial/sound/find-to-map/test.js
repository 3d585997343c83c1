import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.authorNames([{ author: 2 }, { author: 9 }], [{ id: 1, name: 'A' }, { id: 2, name: 'B' }]), ['B', 'unknown']);
  assert.deepEqual(lib.authorNames([], []), []);
  assert.equal(lib.authorNames(Array.from({ length: 9 }, () => ({ author: 1 })), [{ id: 1, name: 'A' }, { id: 1, name: 'Z' }])[8], 'A');
});
