import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.sameDay(new Date(0), new Date(1000)), true);
  assert.equal(lib.sameDay(new Date(0), new Date(86400000)), false);
  assert.throws(() => lib.sameDay(new Date(NaN), new Date(0)), RangeError);
});
