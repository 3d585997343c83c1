import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.wordCounts(['to', 'be', 'to']), [{ word: 'to', count: 2 }, { word: 'be', count: 1 }]);
  assert.deepEqual(lib.wordCounts([]), []);
  assert.equal(lib.wordCounts(['or', 'not', 'or', 'or'])[0].count, 3);
});
