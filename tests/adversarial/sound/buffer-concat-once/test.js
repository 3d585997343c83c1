import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.joinChunks([Buffer.from('ab'), Buffer.from('c')]).toString(), 'abc');
  assert.equal(lib.joinChunks([]).length, 0);
  assert.equal(lib.joinChunks([Buffer.from('x')]).toString(), 'x');
});
