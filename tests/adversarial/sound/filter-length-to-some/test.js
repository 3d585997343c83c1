import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.hasOpen([{ state: 'done' }, { state: 'open' }]), true);
  assert.equal(lib.hasOpen([]), false);
  assert.equal(lib.hasOpen([{ state: 'done' }]), false);
});
