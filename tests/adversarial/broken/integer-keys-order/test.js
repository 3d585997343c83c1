import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.groups([{ key: 'b', value: 1 }, { key: 'a', value: 2 }, { key: 'b', value: 3 }]), [{ key: 'b', values: [1, 3] }, { key: 'a', values: [2] }]);
  assert.deepEqual(lib.groups([]), []);
  assert.equal(lib.groups([{ key: 'x', value: 9 }])[0].values[0], 9);
});
