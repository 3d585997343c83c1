import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  const saved = new Map(); const store = { put: async (id, value) => { saved.set(id, value); } };
  assert.equal(await lib.saveAll(store, [{ id: 1 }, { id: 2 }]), 2);
  assert.equal(saved.size, 2);
  assert.equal(await lib.saveAll(store, []), 0);
});
