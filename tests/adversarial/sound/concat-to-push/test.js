import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.allEntries([{ title: 't', entries: ['a'] }, { title: 'u', entries: [] }]), ['t', 'a', 'u']);
  assert.deepEqual(lib.allEntries([]), []);
  assert.deepEqual(lib.allEntries([{ title: 'x', entries: ['1', '2'] }]), ['x', '1', '2']);
});
