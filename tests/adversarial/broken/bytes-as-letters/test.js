import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.textOf(new TextEncoder().encode('plain')), 'plain');
  assert.equal(lib.textOf(new Uint8Array()), '');
});
