import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.priceTexts([1, 1234.5]), ['€1.00', '€1,234.50']);
  assert.deepEqual(lib.priceTexts([]), []);
  assert.deepEqual(lib.priceTexts([-2]), ['-€2.00']);
});
