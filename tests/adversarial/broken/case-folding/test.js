import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.equal(lib.sameName('Anna', 'ANNA'), true);
  assert.equal(lib.sameName('Anna', 'Annb'), false);
  assert.equal(lib.sameName('', ''), true);
});
