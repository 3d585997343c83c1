import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.distances([[0, 0], [3, 4]]), [0, 5]);
  assert.deepEqual(lib.distances([]), []);
  assert.deepEqual(lib.distances([[1, 1]]), [0]);
});
