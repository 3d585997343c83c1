import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('loads what can be loaded', async () => {
  const load = async (name) => {
    if (name === 'b') throw new RangeError('no b');
    return name.toUpperCase();
  };
  const { pages, failed } = await lib.loadAll(['a', 'b', 'c'], load);
  assert.deepEqual(pages, ['A', 'C']);
  assert.equal(failed[0].name, 'b');
  assert.equal(failed[0].reason.message, 'no b');
});
