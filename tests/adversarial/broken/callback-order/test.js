import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  const seen = [];
  lib.walk({ name: 'a', children: [{ name: 'b' }, { name: 'c' }] }, (name) => seen.push(name));
  assert.deepEqual(seen, ['a', 'b', 'c']);
  const one = []; lib.walk({ name: 'only' }, (name) => one.push(name)); assert.deepEqual(one, ['only']);
});
