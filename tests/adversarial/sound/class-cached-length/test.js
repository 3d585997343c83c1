import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  const stack = new lib.Stack().push({ weight: 2 }).push({ weight: 3 });
  assert.equal(stack.size, 2); assert.equal(stack.weight, 5);
  assert.equal(stack.pop().weight, 3); assert.equal(stack.size, 1);
});
