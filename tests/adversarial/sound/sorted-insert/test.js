import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.ts';

test('keeps the order', () => {
  const list = new lib.SortedEntries();
  list.add('m', 1).add('a', 2).add('z', 3).add('a', 4);
  assert.deepEqual(list.values(), [2, 4, 1, 3]);
  assert.equal(list.get('a'), 2);
  assert.equal(list.get('q'), undefined);
  assert.deepEqual(new lib.Entries().add('b', 1).add('a', 2).values(), [1, 2]);
});
