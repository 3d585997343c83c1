import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.byAge(['1.10.0', '1.2.0', '0.9.9']), ['0.9.9', '1.2.0', '1.10.0']);
  assert.deepEqual(lib.byAge([]), []);
  assert.deepEqual(lib.byAge(['1.0.0']), ['1.0.0']);
});
