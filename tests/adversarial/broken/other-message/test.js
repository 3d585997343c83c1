import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.at({ a: { b: 3 } }, 'a.b'), 3);
  assert.equal(lib.at({ a: 1 }, 'a'), 1);
  assert.equal(lib.at({ a: 1 }, 'b'), undefined);
});
