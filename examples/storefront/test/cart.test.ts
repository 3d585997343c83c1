import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeCarts, type Product, priceCart, redeemAll } from '../src/index.ts';

const shop: Product[] = [
  { sku: 'A', name: 'Chair', category: 'garden', tags: [], price: 1999, stock: 3 },
  { sku: 'B', name: 'Lamp', category: 'light', tags: [], price: 500, stock: 3 },
];

test('priceCart multiplies, discounts and rounds to cents', () => {
  const coupons = [
    { code: 'ALL5', percent: 5, category: null },
    { code: 'GARDEN', percent: 33, category: 'garden' },
  ];
  const cart = priceCart(
    [
      { sku: 'A', quantity: 1 },
      { sku: 'B', quantity: 3 },
    ],
    shop,
    coupons,
  );
  assert.deepEqual(
    cart.lines.map((line) => line.amount),
    [1339, 1425],
  );
  assert.equal(cart.total, 2764);
  assert.equal(priceCart([], shop).total, 0);
});

test('priceCart names a product that does not exist', () => {
  assert.throws(() => priceCart([{ sku: 'Z', quantity: 1 }], shop), /no product Z/);
});

test('redeemAll takes each code once', () => {
  const redeemed = ['OLD'];
  const accepted = redeemAll(['NEW', 'OLD', 'NEW'], redeemed, (code) => redeemed.push(code));
  assert.deepEqual(accepted, ['NEW']);
  assert.deepEqual(redeemed, ['OLD', 'NEW']);
});

test('mergeCarts adds the quantities and changes neither cart', () => {
  const a = [{ sku: 'A', quantity: 1 }];
  assert.deepEqual(
    mergeCarts(a, [
      { sku: 'A', quantity: 2 },
      { sku: 'B', quantity: 1 },
    ]),
    [
      { sku: 'A', quantity: 3 },
      { sku: 'B', quantity: 1 },
    ],
  );
  assert.deepEqual(a, [{ sku: 'A', quantity: 1 }]);
});
