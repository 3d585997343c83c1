import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.grep(['one', 'two', 'tone'], /one/), ['one', 'tone']);
  assert.deepEqual(lib.grep([], /x/), []);
});
