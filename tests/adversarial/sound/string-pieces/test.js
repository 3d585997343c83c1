import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.quoted('say "hi"'), '"say ""hi"""');
  assert.equal(lib.quoted(''), '""');
  assert.equal(lib.quoted('plain'), '"plain"');
});
