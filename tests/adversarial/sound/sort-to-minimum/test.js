import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.oldest([{ age: 3, n: 'a' }, { age: 9, n: 'b' }, { age: 9, n: 'c' }]).n, 'b');
  assert.equal(lib.oldest([]), undefined);
  assert.equal(lib.oldest([{ age: 1 }]).age, 1);
});
