import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  const lines = new lib.Lines();
  assert.deepEqual(lines.push('one\ntw'), ['one']);
  assert.deepEqual(lines.push('o\r\nthree'), ['two']);
  assert.equal(lines.end(), 'three');
});
