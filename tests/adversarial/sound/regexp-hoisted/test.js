import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.isTag('good-tag'), true);
  assert.equal(lib.isTag('1bad'), false);
  assert.deepEqual(lib.validTags(['a', '!']), ['a']);
});
