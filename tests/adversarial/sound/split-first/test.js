import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.hostOf('http://a.example/b/c'), 'a.example');
  assert.equal(lib.hostOf('a.example'), 'a.example');
  assert.equal(lib.hostOf(''), '');
});
