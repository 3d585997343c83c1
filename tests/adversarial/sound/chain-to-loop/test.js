import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.paidCents([{ paid: true, amount: 1.5 }, { paid: false, amount: 9 }]), 150);
  assert.equal(lib.paidCents([]), 0);
  assert.equal(lib.paidCents([{ paid: true, amount: 0.1 }, { paid: true, amount: 0.2 }]), 30);
});
