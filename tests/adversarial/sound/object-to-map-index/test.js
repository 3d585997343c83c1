import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.tally(['a', 'b', 'a']), [{ value: 'a', count: 2 }, { value: 'b', count: 1 }]);
  assert.deepEqual(lib.tally([]), []);
  assert.equal(lib.tally([NaN, NaN])[0].count, 2);
});
