import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.fill('{a} and {b} and {a}', { a: 1, b: 'x' }), '1 and x and 1');
  assert.equal(lib.fill('none', {}), 'none');
  assert.equal(lib.fill('{a}', { a: '{a}' }), '(a}');
});
