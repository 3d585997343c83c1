import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

const pairs = (spans) => spans.map(({ from, to }) => [from, to]);

test('works as before', () => {
  const spans = [new lib.Span(5, 9), new lib.Span(0, 2), new lib.Span(1, 3)];
  assert.deepEqual(pairs(lib.joined(spans)), [[0, 3], [5, 9]]);
  assert.deepEqual(lib.joined([]), []);
});
