import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', () => {
  assert.deepEqual(lib.fieldsOf({ a: 1, b: 'two' }), ['a=1', 'b=two']);
  assert.deepEqual(lib.fieldsOf({}), []);
  assert.deepEqual(lib.fieldsOf({ z: null, 1: true }), ['1=true', 'z=null']);
});
