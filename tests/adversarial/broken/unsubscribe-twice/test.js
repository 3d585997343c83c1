import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  const o = lib.observable(1);
  const seen = [];
  const stop = o.subscribe((v) => seen.push(v));
  o.subscribe((v) => seen.push(-v));
  o.set(2);
  stop();
  o.set(3);
  assert.deepEqual(seen, [2, -2, -3]);
  assert.equal(o.get(), 3);
});
