import assert from 'node:assert/strict';
import { test } from 'node:test';
import { levenshtein, nearest } from './nearest.ts';

test('distances of the textbook', () => {
  assert.equal(levenshtein('kitten', 'sitting'), 3);
  assert.equal(levenshtein('', 'abc'), 3);
  assert.equal(levenshtein('same', 'same'), 0);
});

test('nearest ignores case and keeps the first of equals', () => {
  assert.equal(nearest('Targt', ['ignore', 'target_pct', 'target']), 'target');
  assert.equal(nearest('x', []), null);
});
