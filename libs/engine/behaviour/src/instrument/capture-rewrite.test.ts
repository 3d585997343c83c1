import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { runInThisContext } from 'node:vm';
import { instrumentForCapture } from './capture-rewrite.ts';
import { functionsOf } from './functions.ts';

test('a linter that the build begins with finds nothing in what was written into the code', () => {
  const dir = mkdtempSync(join(tmpdir(), 'codeoptima-linted-'));
  try {
    const source = `'use strict';\n\nconst twice = (n) => n * 2;\nclass Box {\n  constructor(n) {\n    this.n = n;\n  }\n}\n\nmodule.exports = { twice, Box };\n`;
    const { program, functions } = functionsOf(source, 'lib.js');
    const targets = functions.map((info, id) => ({ info, id }));
    const oxlint = resolve('node_modules/oxlint/bin/oxlint');
    const lint = (text: string): number | null => {
      writeFileSync(join(dir, 'lib.js'), text);
      const rules = ['--deny', 'no-underscore-dangle', '--deny', 'no-unused-vars', '--deny', 'max-statements-per-line', '--deny', 'eqeqeq'];
      return spawnSync(process.execPath, [oxlint, ...rules, '.'], { cwd: dir }).status;
    };
    const instrumented = instrumentForCapture(source, 'lib.js', program, targets, '/runtime');
    assert.equal(lint(source), 0, 'the code itself is clean');
    assert.notEqual(lint(instrumented.replace('/* eslint-disable */', '')), 0, 'without the mark the linter objects');
    assert.equal(lint(instrumented), 0);
    assert.ok(instrumented.split('\n')[3]?.startsWith('class Box {'), 'nothing moved to another line');
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('functions without a name that are handed out know themselves, keep their names and nest', () => {
  const source = [
    'exports.made = function (fn) { return function (a) { return fn(a); }; };',
    'exports.nested = () => { const later = () => function () { return 1; }; return later; };',
    'exports.asynchronous = function () { return async function (a) { return a; }; };',
    'exports.kept = function () { const twice = function (n) { return n * 2; }; return twice; };',
    'exports.fresh = function () { return new (function () { this.a = 1; })(); };',
    '',
  ].join('\n');
  const { program, functions } = functionsOf(source, 'lib.js');
  const text = instrumentForCapture(
    source,
    'lib.js',
    program,
    functions.map((info, id) => ({ info, id })),
    '/runtime',
  );
  const callees: (string | undefined)[] = [];
  const recorder = {
    call: (
      _id: number,
      _self: unknown,
      _args: unknown,
      _target: unknown,
      body: () => unknown,
      _assign: unknown,
      callee?: { name: string },
    ) => {
      callees.push(callee?.name);
      return body();
    },
    arrow: (_id: number, fn: unknown) => fn,
    named: (fn: object, name: string) => Object.defineProperty(fn, 'name', { value: name, configurable: true }),
    exports: () => undefined,
  };
  const exports: Record<string, (...args: unknown[]) => unknown> = {};
  Object.assign(globalThis, { __codeoptima_recorder: recorder });
  try {
    (runInThisContext(`(function (exports, module) {${text}\n})`) as (made: object) => void)(exports);
    const made = exports['made']?.((a: number) => a + 1) as (a: number) => number;
    assert.deepEqual([made.name, made.length, made(1)], ['', 1, 2]);
    assert.deepEqual(callees.splice(0), [undefined, '']);
    const nested = exports['nested']?.() as () => () => number;
    assert.equal(nested()(), 1);
    const kept = exports['kept']?.() as (n: number) => number;
    assert.deepEqual([kept.name, kept(2)], ['twice', 4]);
    assert.deepEqual({ ...(exports['fresh']?.() as object) }, { a: 1 });
    const asynchronous = exports['asynchronous'] as () => () => unknown;
    assert.ok(asynchronous()() instanceof Promise);
  } finally {
    Reflect.deleteProperty(globalThis, '__codeoptima_recorder');
  }
});
