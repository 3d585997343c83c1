import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  const signal = new lib.Signal(); let sum = 0;
  const off = signal.on((x) => { sum += x; }); signal.on((x) => { sum += 2 * x; });
  assert.equal(signal.emit(1), 2); assert.equal(sum, 3);
  off(); assert.equal(signal.emit(1), 1); assert.equal(sum, 5);
});
