import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.js';

test('works as before', async () => {
  assert.deepEqual(lib.header('Host: example'), { key: 'host', value: 'example' });
  assert.deepEqual(lib.header('Accept: */*'), { key: 'accept', value: '*/*' });
  assert.deepEqual(lib.header('A:b'), { key: 'a', value: 'b' });
});
