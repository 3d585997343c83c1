import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.ts';

test('works as before', async () => {
  assert.deepEqual(lib.tokens('a = 1.5'), [{ kind: 'name', text: 'a' }, { kind: 'sign', text: '=' }, { kind: 'number', text: '1.5' }]);
  assert.deepEqual(lib.tokens(''), []);
  assert.throws(() => lib.tokens('a ? b'), SyntaxError);
});
