import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', () => {
  assert.equal(lib.print(['a', 'bc']), 5);
  assert.equal(lib.print([]), 0);
  assert.throws(() => lib.print(['a', null]), TypeError);
});
