import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.withoutTail('a b  \n'), 'a b');
  assert.equal(lib.withoutTail(''), '');
  assert.equal(lib.withoutTail('  x'), '  x');
});
