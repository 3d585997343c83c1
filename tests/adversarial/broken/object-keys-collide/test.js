import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.occurrences(['a', 'b', 'a']), [{ item: 'a', count: 0 }, { item: 'b', count: 0 }, { item: 'a', count: 1 }]);
  assert.deepEqual(lib.occurrences([]), []);
  assert.equal(lib.occurrences(['x', 'x', 'x'])[2].count, 2);
});
