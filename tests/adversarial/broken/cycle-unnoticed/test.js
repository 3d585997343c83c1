import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.order({ app: ['lib', 'log'], lib: ['log'], log: [] }), ['log', 'lib', 'app']);
  assert.throws(() => lib.order({ a: ['b'], b: ['a'] }), { message: 'a > b > a wait for each other' });
  assert.throws(() => lib.order({ a: ['a'] }), /wait/);
});
