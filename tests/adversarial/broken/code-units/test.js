import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.cut('performance', 4), 'perf');
  assert.equal(lib.cut('', 4), '');
  assert.equal(lib.cut('abc', 10), 'abc');
});
