import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual([...lib.parseLines(['1', '{"a":2}'])], [1, { a: 2 }]);
  assert.equal(lib.parseLines([]).length, 0);
  assert.equal(lib.parseLines(['3'])[0], 3);
});
