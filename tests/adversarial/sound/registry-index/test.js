import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.ts';

test('works as before', async () => {
  const registry = new lib.Registry().add(1, 'one').add(2, 'two').add(1, 'uno');
  assert.equal(registry.nameOf(1), 'one');
  assert.equal(registry.nameOf(3), null);
  assert.equal(registry.size, 3);
  assert.equal(new lib.Registry().size, 0);
});
