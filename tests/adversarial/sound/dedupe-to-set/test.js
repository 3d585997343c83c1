import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.distinctNames(['b', 'a', 'b']), ['b', 'a']);
  assert.deepEqual(lib.distinctNames([]), []);
  assert.deepEqual(lib.distinctNames(['x']), ['x']);
});
