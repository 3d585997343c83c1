import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  const list = new lib.NodeList().append('a').append('b').append('c');
  assert.deepEqual(list.nodes, ['a', 'b', 'c']);
  assert.equal(list.positionOf('b'), 1);
  assert.deepEqual(new lib.NodeList().append('x').insertBefore('w', 'x').nodes, ['w', 'x']);
});
