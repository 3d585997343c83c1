import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(await lib.collect([Promise.resolve(1), 2]), [1, 2]);
  assert.deepEqual(await lib.collect([]), []);
  await assert.rejects(lib.collect([Promise.reject(new Error('late'))]), { message: 'late' });
});
