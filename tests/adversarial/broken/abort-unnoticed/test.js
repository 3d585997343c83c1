import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.ts';

test('works as before', async () => {
  assert.deepEqual(await lib.loadPages(async (page) => (page < 2 ? [page, page] : [])), [0, 0, 1, 1]);
  await assert.rejects(lib.loadPages(async () => [], { signal: AbortSignal.abort(new Error('stop')) }), /stop/);
});
