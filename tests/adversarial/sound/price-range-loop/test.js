import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.priceRange([{ price: 3 }, { price: 1.5 }]), { low: 1.5, high: 3 });
  assert.deepEqual(lib.priceRange([]), { low: Infinity, high: -Infinity });
  assert.deepEqual(lib.priceRange([{ price: -1 }]), { low: -1, high: -1 });
});
