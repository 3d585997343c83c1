import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  const query = new lib.Query('a=1&b=2&a=3&c');
  assert.equal(query.get('a'), '1');
  assert.equal(query.get('c'), '');
  assert.equal(query.get('d'), null);
  assert.equal(new lib.Query('').get('x'), null);
});
