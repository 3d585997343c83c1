import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as lib from '../src/index.ts';

test('reads', () => {
  assert.deepEqual(lib.readings({ a: new lib.Meter(1), b: new lib.Meter(10) }, 2), { a: [1, 2], b: [10, 20] });
  assert.deepEqual(lib.readings({}, 3), {});
});
