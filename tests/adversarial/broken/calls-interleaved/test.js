import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  const loader = new lib.Loader();
  assert.deepEqual(await loader.load(['a', 'b', 'c', 'd', 'e', 'f']), ['page a', 'page b', 'page c', 'page d', 'page e', 'page f']);
  assert.deepEqual(await loader.load(['g']), ['page g']);
  assert.equal(loader.loaded, 7);
});
