import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.tagsOf('see #Home and #work'), ['home', 'work']);
  assert.deepEqual(lib.tagsOf('plain text'), []);
  assert.deepEqual(lib.tagsOf(''), []);
});
