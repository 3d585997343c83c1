import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.load('a', (n) => n + '!'), 'a!');
  assert.throws(() => lib.load('b', () => { throw new RangeError('x'); }), { message: 'cannot load b' });
});
