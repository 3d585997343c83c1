import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('text', () => {
  assert.equal(lib.textOf([Buffer.from('abc'), Buffer.from('dé')]), 'abcdé');
  assert.equal(lib.textOf([]), '');
});
