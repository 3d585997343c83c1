import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.parse('a=1&b=two'), { a: '1', b: 'two' });
  assert.deepEqual(lib.parse('q=%C3%A9&empty&x='), { q: 'é', empty: '', x: '' });
  assert.deepEqual(lib.parse(''), {});
});
