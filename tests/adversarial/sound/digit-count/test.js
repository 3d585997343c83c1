import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.digitCount('a1b22'), 3);
  assert.equal(lib.digitCount(''), 0);
  assert.equal(lib.digitCount('none'), 0);
});
