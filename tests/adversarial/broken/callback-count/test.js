import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  const asked = [];
  const rule = (name, answer) => () => { asked.push(name); return answer; };
  assert.equal(lib.anyComplaint([rule('a', false), rule('b', true)], {}), true);
  assert.deepEqual(asked, ['a', 'b']);
  assert.equal(lib.anyComplaint([], {}), false);
});
