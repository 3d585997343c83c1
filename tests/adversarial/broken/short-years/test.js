import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.isoDay(new Date('2024-02-29T00:00:00Z')), '2024-02-29');
  assert.equal(lib.isoDay(new Date('1999-12-31T23:59:59Z')), '1999-12-31');
});
