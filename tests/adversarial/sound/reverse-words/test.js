import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.reversed('a b c'), 'c b a');
  assert.equal(lib.reversed(''), '');
  assert.equal(lib.reversed('one'), 'one');
});
