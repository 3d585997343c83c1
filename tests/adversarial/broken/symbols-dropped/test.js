import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.withDefaults({ a: 1 }, { a: 0, b: 2 }), { a: 1, b: 2 });
  assert.deepEqual(lib.withDefaults({}, {}), {});
  assert.deepEqual(lib.withDefaults({ c: null }, { c: 1 }), { c: null });
});
