import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.ts';

test('routes', () => {
  const router = lib.createRouter();
  const a = () => 'a';
  router.add('get', '/x', a).add('GET', '/x', () => 'b').add('post', '/x', a);
  assert.equal(router.find('GET', '/x'), a);
  assert.equal(router.find('put', '/x'), null);
  assert.deepEqual(router.methods('/x'), ['GET', 'POST']);
  assert.deepEqual(router.methods('/y'), []);
});
