import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.byWeight([{ weight: 1 }, { weight: 3 }, { weight: 2 }]).map((e) => e.weight), [3, 2, 1]);
  assert.deepEqual(lib.byWeight([]), []);
  assert.equal(lib.byWeight([{ weight: 5 }])[0].weight, 5);
});
