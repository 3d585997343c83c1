import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.byDepartment([{ department: 'b', name: 1 }, { department: 'a', name: 2 }, { department: 'b', name: 3 }]), [['b', [1, 3]], ['a', [2]]]);
  assert.deepEqual(lib.byDepartment([]), []);
  assert.equal(lib.byDepartment([{ department: 1, name: 'x' }])[0][0], 1);
});
