import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  const basket = new lib.Basket();
  assert.equal(basket.total, 0);
  assert.equal(basket.add(1.5), 1.5);
  assert.equal(basket.add(2), 3.5);
  assert.equal(basket.removeLast(), 1.5);
  assert.throws(() => basket.add('x'), TypeError);
});
