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

const whole = `const match = (text, options) => options.format(text);
match.all = (list) => list.map((text) => text.length);
module.exports = match;
`;
const wholeTest = `const { test } = require('node:test');
const match = require('../src/lib.js');
test('a', () => { match('a', { format(text) { return text + '!'; } }); match.all(['a', 'bc']); });
`;

it('finds a function that is the module itself, and refuses to repeat calls that the package does not offer', async () => {
  const dir = writeRepository({ 'package.json': '{"name":"x","main":"src/lib.js"}', 'src/lib.js': whole, 'test/lib.test.cjs': wholeTest });
  try {
    const captured = await captureCalls({ dir, changed: 'all-own', runTests: runNodeTests, seed: 1 });
    const lib = (await import(join(dir, 'src/lib.js'))) as { default: unknown };
    for (const [symbol, wanted] of [
      ['match', "'a!'"],
      ['match.all', '[ 1, 2 ]'],
    ] as const) {
      const file = join(dir, `${symbol}.mjs`);
      writeFileSync(file, workloadFromCaptured({ captured, symbol }));
      const { default: setup } = (await import(file)) as { default: (lib: unknown) => { check(): Promise<string[]> } };
      assert.deepEqual(await setup(lib).check(), [wanted]);
      assert.throws(() => setup({ default: () => 1 }), /match(\.all)? is not exported by the package/);
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
