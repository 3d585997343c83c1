import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

const cursorOf = (list) => { let at = 0; return { closed: 0, read: () => list[at++] ?? null, close() { this.closed++; } }; };
test('rows', () => {
  assert.deepEqual([...lib.rows(cursorOf([{ a: 1 }, { a: 2 }]))], [{ a: 1 }, { a: 2 }]);
  assert.deepEqual([...lib.rows(cursorOf([]))], []);
});
