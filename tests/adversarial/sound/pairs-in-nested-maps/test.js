import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('distinct', () => {
  assert.deepEqual(lib.distinctPairs([[1, 'a'], [1, 'b'], [1, 'a']]), [[1, 'a'], [1, 'b']]);
  assert.deepEqual(lib.distinctPairs([[NaN, 0], [NaN, 0]]), [[NaN, 0]]);
  assert.deepEqual(lib.distinctPairs([]), []);
});
