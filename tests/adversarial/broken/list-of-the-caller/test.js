import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.ts';

test('playlist', () => {
  const list = new lib.Playlist();
  list.load(['a', 'b']);
  assert.equal(list.next(), 'a');
  assert.equal(list.length, 1);
  assert.equal(list.next(), 'b');
  assert.equal(list.next(), undefined);
});
