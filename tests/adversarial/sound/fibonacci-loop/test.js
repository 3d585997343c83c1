import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.fibonacci(0), 0n);
  assert.equal(lib.fibonacci(10), 55n);
  assert.equal(lib.fibonacci(90), 2880067194370816120n);
  assert.throws(() => lib.fibonacci(-1), RangeError);
});
