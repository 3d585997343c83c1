import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocate, asText, boughtTogether, byCategory, daily, type Product, reorderList, type Sale } from '../src/index.ts';

const shop: Product[] = [
  { sku: 'A', name: 'Chair', category: 'garden', tags: [], price: 1000, stock: 5 },
  { sku: 'B', name: 'Lamp', category: 'light', tags: [], price: 500, stock: 1 },
];
const sale = (day: string, sku: string, customer: string, quantity = 1): Sale => ({ day, sku, quantity, amount: quantity * 1000, customer });

test('allocate serves in order and tries a large order once more', () => {
  const orders = [
    { id: 1, sku: 'A', quantity: 4 },
    { id: 2, sku: 'A', quantity: 2 },
    { id: 3, sku: 'A', quantity: 1 },
    { id: 4, sku: 'B', quantity: 1 },
    { id: 5, sku: 'C', quantity: 1 },
  ];
  assert.deepEqual(allocate(orders, shop), { filled: [1, 3, 4], waiting: [2, 5] });
  assert.deepEqual(allocate([], shop), { filled: [], waiting: [] });
});

test('reorderList puts the most urgent first', () => {
  assert.deepEqual(reorderList(shop, new Map([['A', 1], ['B', 1]]), 7), ['B', 'A']);
  assert.deepEqual(reorderList(shop, new Map(), 7), []);
});

test('daily counts pieces, money and customers', () => {
  assert.deepEqual(daily([sale('02', 'A', 'ann', 2), sale('01', 'A', 'bob'), sale('02', 'B', 'ann')]), [
    { day: '01', pieces: 1, amount: 1000, customers: 1 },
    { day: '02', pieces: 3, amount: 3000, customers: 1 },
  ]);
});

test('byCategory puts unlisted products under other', () => {
  assert.deepEqual(byCategory([sale('01', 'A', 'ann'), sale('01', 'Z', 'bob'), sale('02', 'A', 'eve', 2)], shop), { garden: 3000, other: 1000 });
});

test('boughtTogether ranks pairs by shared customers', () => {
  const sales = [sale('01', 'A', 'ann'), sale('01', 'B', 'ann'), sale('01', 'B', 'bob'), sale('02', 'C', 'bob'), sale('02', 'A', 'ann')];
  assert.deepEqual(boughtTogether(sales), [
    { pair: ['A', 'B'], overlap: 0.5 },
    { pair: ['B', 'C'], overlap: 0.5 },
  ]);
});

test('asText writes one line a day', () => {
  assert.equal(asText([{ day: '2026-01-01', pieces: 3, amount: 1234567, customers: 2 }]), '2026-01-01       3 pieces     12,345.67  2 customers');
  assert.equal(asText([]), '');
});
