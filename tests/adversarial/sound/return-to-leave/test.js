import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('gets', () => {
  assert.equal(lib.getIn({ a: { b: 1 } }, 'a.b', 0), 1);
  assert.equal(lib.getIn({ a: null }, 'a.b', 'x'), 'x');
  assert.equal(lib.getIn({}, 'a', 5), 5);
});
