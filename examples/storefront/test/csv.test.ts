import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanTags, importProducts, latestBySku, parsePrice, splitRecord } from '../src/index.ts';

test('splitRecord keeps commas and quotes inside quotes', () => {
  assert.deepEqual(splitRecord('a,"b, c","say ""hi""",'), ['a', 'b, c', 'say "hi"', '']);
  assert.deepEqual(splitRecord(''), ['']);
});

test('parsePrice reads what suppliers write', () => {
  assert.equal(parsePrice('12.50'), 1250);
  assert.equal(parsePrice(' € 12,5 '), 1250);
  assert.equal(parsePrice('7'), 700);
  assert.equal(parsePrice('free'), null);
  assert.equal(parsePrice(''), null);
});

test('cleanTags gives each tag once', () => {
  assert.deepEqual(cleanTags('Oak| garden |oak||Chair'), ['oak', 'garden', 'chair']);
  assert.deepEqual(cleanTags(''), []);
});

const HEADER = 'SKU,Name,Category,Tags,Price,Stock';

test('importProducts reads records and names the lines that are wrong', () => {
  const { products, problems } = importProducts(`${HEADER}\nA1,"Chair, oak",garden,oak|chair,49.90,3\nA2,Lamp,light,,cheap,1\n\nA3,Desk,office,oak,120,`);
  assert.deepEqual(
    products.map((product) => [product.sku, product.name, product.price, product.stock]),
    [
      ['A1', 'Chair, oak', 4990, 3],
      ['A3', 'Desk', 12000, 0],
    ],
  );
  assert.deepEqual(problems, [{ line: 3, reason: '"cheap" is no price' }]);
});

test('importProducts refuses a list without its columns', () => {
  assert.throws(() => importProducts('SKU,Name\nA1,Chair'), /lacks the columns category, tags, price, stock/);
});

test('a later record replaces the earlier one, at its place', () => {
  const { products } = importProducts(`${HEADER}\nB,old,x,,1,1\nA,other,x,,2,1\nB,new,x,,3,1`);
  assert.deepEqual(
    products.map((product) => product.name),
    ['new', 'other'],
  );
  assert.deepEqual(latestBySku([]), []);
});
