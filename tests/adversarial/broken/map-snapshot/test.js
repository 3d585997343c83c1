import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  const hub = new lib.Hub();
  const seen = [];
  hub.add('a', (m) => { seen.push(m); }).add('b', (m, id) => { seen.push(m + id); });
  assert.equal(hub.send('x'), 2);
  assert.equal(hub.remove('a'), true);
  assert.equal(hub.send('y'), 1);
  assert.deepEqual(seen, ['x', 'xb', 'yb']);
});
