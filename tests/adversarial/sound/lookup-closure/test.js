import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  const find = lib.nameFinder([{ id: 1, name: 'one' }, { id: 2, name: 'two' }, { id: 1, name: 'uno' }]);
  assert.equal(find(1), 'one');
  assert.equal(find(2), 'two');
  assert.equal(find(3), undefined);
  assert.equal(lib.nameFinder([])(1), undefined);
});
