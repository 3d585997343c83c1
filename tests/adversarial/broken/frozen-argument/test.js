import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', () => {
  const leaf = { name: 'c', to: [] };
  const root = { name: 'a', to: [leaf, { name: 'b', to: [leaf] }] };
  assert.deepEqual(lib.reachable(root), ['a', 'b', 'c']);
  assert.deepEqual(lib.reachable(leaf), ['c']);
});
