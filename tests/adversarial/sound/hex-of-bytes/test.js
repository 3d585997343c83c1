import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.toHex(new Uint8Array([0, 15, 255])), '000fff');
  assert.equal(lib.toHex(new Uint8Array()), '');
  assert.equal(lib.toHex(new Uint8Array([1, 2, 3, 4]).subarray(1, 3)), '0203');
  assert.throws(() => lib.toHex('text'), TypeError);
});
