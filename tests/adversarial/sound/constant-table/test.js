import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.roman(1994), 'MCMXCIV');
  assert.equal(lib.roman(4), 'IV');
  assert.throws(() => lib.roman(0), RangeError);
});
