import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.byId([{ id: 'a' }, { id: 'b' }]), { a: { id: 'a' }, b: { id: 'b' } });
  assert.deepEqual(lib.byId([]), {});
  assert.equal(lib.byId([{ id: 'x', n: 1 }, { id: 'x', n: 2 }]).x.n, 2);
});
