import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.firstNames(['b', 'c', 'a'], 2), ['a', 'b']);
  assert.deepEqual(lib.firstNames([], 2), []);
  assert.deepEqual(lib.firstNames(['x'], 5), ['x']);
  assert.deepEqual(lib.firstNames(['x'], 0), []);
});
