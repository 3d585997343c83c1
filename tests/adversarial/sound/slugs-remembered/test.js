import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.ts';

test('works as before', async () => {
  assert.deepEqual(lib.withSlugs([{ category: 'Home & Garden', price: 1 }, { category: 'Café', price: 2 }]), [{ slug: 'home-garden', price: 1 }, { slug: 'cafe', price: 2 }]);
  assert.deepEqual(lib.withSlugs([]), []);
  assert.deepEqual(lib.withSlugs([{ category: 'a', price: 1 }, { category: 'a', price: 3 }]).length, 2);
});
