import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('bus', () => {
  const bus = new lib.Bus();
  const seen = [];
  const off = bus.on('a', (v) => seen.push(v));
  assert.equal(bus.emit('a', 1), 1);
  off();
  assert.equal(bus.emit('a', 2), 0);
  assert.deepEqual(seen, [1]);
});
