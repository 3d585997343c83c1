import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('lines', async () => {
  const seen = [];
  for await (const line of lib.lines(['a\nb', 'c\n', '\nd'])) seen.push(line);
  assert.deepEqual(seen, ['a', 'bc', '', 'd']);
});
