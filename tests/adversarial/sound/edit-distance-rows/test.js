import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.distance('kitten', 'sitting'), 3);
  assert.equal(lib.distance('', 'abc'), 3);
  assert.equal(lib.distance('abc', ''), 3);
  assert.equal(lib.distance('same', 'same'), 0);
});
