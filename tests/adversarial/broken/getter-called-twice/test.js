import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.labels([{ label: 'a' }, {}, { label: 'a' }, { label: 2 }]), ['a', '2']);
  assert.deepEqual(lib.labels([]), []);
  assert.deepEqual(lib.labels([{ label: null }]), []);
});
