import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.dayOf(new Date(2026, 0, 15, 12)), '2026-01-15');
  assert.equal(lib.dayOf(new Date(2025, 11, 1, 12)), '2025-12-01');
});
