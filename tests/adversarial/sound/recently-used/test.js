import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  const recent = new lib.Recent(2);
  recent.set('a', 1).set('b', 2);
  assert.equal(recent.get('a'), 1);
  recent.set('c', 3);
  assert.deepEqual(recent.keys(), ['a', 'c']);
  assert.equal(recent.get('b'), undefined);
  assert.deepEqual(new lib.Recent(1).keys(), []);
});
