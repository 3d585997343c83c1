import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.hasAddress('from 10.0.0.1 port 22'), true);
  assert.equal(lib.hasAddress('no address here'), false);
  assert.equal(lib.countAddresses(['from 10.0.0.1', 'none']), 1);
});
