import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browse, didYouMean, editDistance, type Product, search, tokens } from '../src/index.ts';

const product = (sku: string, name: string, category: string, tags: string[] = [], stock = 1): Product => ({ sku, name, category, tags, price: 100, stock });
const shop = [
  product('1', 'Oak chair', 'garden', ['chair', 'wood']),
  product('2', 'The lamp of oak', 'light', ['wood']),
  product('3', 'Steel desk', 'office', ['metal'], 0),
  product('4', 'Chair', 'office'),
];

test('tokens drops stop words and marks', () => {
  assert.deepEqual(tokens('The lamp, for a Café!'), ['lamp', 'café']);
  assert.deepEqual(tokens(''), []);
});

test('search ranks name above tag above category, and keeps the order of equals', () => {
  assert.deepEqual(
    search(shop, 'oak chair').map((hit) => [hit.product.sku, hit.score]),
    [
      ['1', 20],
      ['2', 10],
      ['4', 10],
    ],
  );
  assert.equal(search(shop, 'office').length, 2);
  assert.deepEqual(search(shop, 'the'), []);
  assert.equal(search(shop, 'oak chair', 1).length, 1);
});

test('editDistance counts insertions, deletions and substitutions', () => {
  assert.equal(editDistance('chair', 'chair'), 0);
  assert.equal(editDistance('chiar', 'chair'), 2);
  assert.equal(editDistance('', 'abc'), 3);
  assert.equal(editDistance('lamp', 'amp'), 1);
});

test('didYouMean finds the nearest word', () => {
  assert.equal(didYouMean(shop, 'chare'), 'chair');
  assert.equal(didYouMean(shop, 'zzzzzz'), null);
});

test('browse leaves out what is hidden or sold out', () => {
  assert.deepEqual(
    browse(shop, 'office', []).map(({ sku }) => sku),
    ['4'],
  );
  assert.deepEqual(browse(shop, 'garden', ['1']), []);
});
