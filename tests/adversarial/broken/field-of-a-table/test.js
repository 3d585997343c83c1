import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', () => {
  assert.deepEqual(lib.latestAmounts('oak;2\nash;3\noak;5'), ['oak: 5', 'ash: 3']);
  assert.deepEqual(lib.latestAmounts('no rows'), []);
  assert.deepEqual(lib.latestAmounts('pine;1'), ['pine: 1']);
});
