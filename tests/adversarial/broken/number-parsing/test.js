import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.widths(['10', '25']), [10, 25]);
  assert.deepEqual(lib.widths([]), []);
  assert.deepEqual(lib.widths(['x']), []);
});
