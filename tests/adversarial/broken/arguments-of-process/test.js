import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.score('The cat and the hat', 'the'), 2);
  assert.equal(lib.score('nothing', 'cat hat'), 0);
  assert.equal(lib.score('a b a', 'a b'), 3);
});
