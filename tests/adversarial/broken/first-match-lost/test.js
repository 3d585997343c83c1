import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  const products = [{ number: 1, name: 'pen' }, { number: 2, name: 'ink' }];
  assert.equal(lib.withProducts([{ number: 2 }], products)[0].product.name, 'ink');
  assert.equal(lib.withProducts([{ number: 9 }], products)[0].product, undefined);
  assert.deepEqual(lib.withProducts([], products), []);
});
