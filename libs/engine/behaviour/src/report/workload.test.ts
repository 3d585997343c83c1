import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { captureCalls, workloadFromCaptured } from '../index.ts';
import { runNodeTests, writeRepository } from '../cases/case-repository.ts';

const source = `const tidy = (text) => text.trim().toLowerCase();
exports.keys = (list) => list.map((item) => tidy(item));
exports.sortAll = (list) => { list.sort(); return list.map(tidy); };
`;
const test = `const { test } = require('node:test');
const assert = require('node:assert');
const lib = require('../src/lib.js');
test('a', () => { assert.deepEqual(lib.keys([' A', 'b']), ['a', 'b']); assert.deepEqual(lib.sortAll(['z', 'B']), ['b', 'z']); });
`;

it('writes a workload that repeats the entry calls through which a helper ran', async () => {
  const dir = writeRepository({ 'package.json': '{"name":"x","main":"src/lib.js"}', 'src/lib.js': source, 'test/lib.test.cjs': test });
  try {
    const captured = await captureCalls({ dir, changed: 'all-own', runTests: runNodeTests, seed: 1 });
    const text = workloadFromCaptured({ captured, symbol: 'tidy' });
    writeFileSync(join(dir, 'workload.mjs'), text);
    const lib: unknown = await import(join(dir, 'src/lib.js'));
    const { default: setup } = (await import(join(dir, 'workload.mjs'))) as {
      default: (lib: unknown) => { fn(): unknown; check(): Promise<string[]> };
    };
    const workload = setup(lib);
    workload.fn();
    assert.deepEqual((await workload.check()).sort(), ["[ 'a', 'b' ]", "[ 'b', 'z' ]"]);
    workload.fn();
    assert.deepEqual((await workload.check()).sort(), ["[ 'a', 'b' ]", "[ 'b', 'z' ]"], 'arguments that a call changes are made anew');
    assert.throws(() => workloadFromCaptured({ captured, symbol: 'nothing' }), { code: 'not_found' });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
