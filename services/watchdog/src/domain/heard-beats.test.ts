import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeardBeats } from './heard-beats.ts';

test('beats are told by incarnation and moment', () => {
  const heard = new HeardBeats();
  heard.hear({ incarnation: 'u', item_id: 'a', epoch: 1n }, 10);
  heard.hear({ incarnation: 'u', item_id: 'b', epoch: 1n }, 20);
  heard.hear({ incarnation: 'u', item_id: 'a', epoch: 2n }, 30);
  heard.hear({ incarnation: 'v', item_id: 'c', epoch: 7n }, 30);
  assert.deepEqual(heard.since('u', 20), [
    { item_id: 'a', epoch: 2n },
    { item_id: 'b', epoch: 1n },
  ]);
  assert.deepEqual(heard.since('u', 31), []);
  assert.deepEqual(heard.since('w', 0), []);
});

test('a worker that takes item after item does not fill the memory', () => {
  const heard = new HeardBeats();
  for (let n = 0; n < 1_000; n++) {
    heard.hear({ incarnation: 'u', item_id: `item-${n}`, epoch: 1n }, n);
    heard.keepOnly(new Set([`item-${n}`]));
    assert.equal(heard.size, 1);
  }
  heard.keepOnly(new Set());
  assert.equal(heard.size, 0);
});
