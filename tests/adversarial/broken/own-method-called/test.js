import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.named({ a: 1 }, ['a', 'b']), ['a']);
  assert.deepEqual(lib.named({}, ['a']), []);
});
