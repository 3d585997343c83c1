import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.complete({ depth: 1 }), { depth: 1, title: 'none' });
  assert.deepEqual(lib.complete({ title: 'x' }), { title: 'x', depth: 3 });
  assert.deepEqual(lib.complete({}), { depth: 3, title: 'none' });
});
