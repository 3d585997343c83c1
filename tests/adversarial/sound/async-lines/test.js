import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  const all = async (pieces) => {
    const out = [];
    for await (const line of lib.lines(pieces)) out.push(line);
    return out;
  };
  assert.deepEqual(await all(['a\nb', 'c\n', 'd']), ['a', 'bc', 'd']);
  assert.deepEqual(await all([]), []);
  assert.deepEqual(await all(['\n\n']), ['', '']);
});
