import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.lineCount('a\nb\nc'), 3);
  assert.equal(lib.lineCount(''), 1);
  assert.equal(lib.lineCount('\n'), 2);
});
