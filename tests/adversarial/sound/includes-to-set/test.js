import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.knownWords('a b c', ['a', 'c']), ['a', 'c']);
  assert.deepEqual(lib.knownWords('', ['a']), []);
  assert.deepEqual(lib.knownWords('x y', []), []);
});
