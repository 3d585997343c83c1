import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.baseName('a/b/c.txt'), 'c.txt');
  assert.equal(lib.baseName('plain'), 'plain');
  assert.equal(lib.baseName('a/'), '');
  assert.equal(lib.baseName(''), '');
});
