import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.describe({ a: 1, b: 'x' }), 'a=1&b=x');
  assert.equal(lib.describe({}), '');
  assert.equal(lib.describe({ k: true }), 'k=true');
});
