import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { NODE_TARGET, REPO_TARGET, run } from '@codeoptima/sandbox';
import { runNodeTests, writeRepository } from '../cases/case-repository.ts';
import { type Captured, captureCalls, type RunCallback } from './capture-calls.ts';

const source = `#!/usr/bin/env node
'use strict';
// Kinds of functions, on lines that the test names.
function hidden(text) { return text.trim(); }
const arrow = (text, { upper } = {}) => (upper ? text.toUpperCase() : text);
class Counter {
  #secret = 1;
  constructor(start = 0) { this.count = start; }
  get double() { return this.count * 2; }
  set value(next) { this.count = next; }
  add(by) { this.count += by; return this; }
  static of(start) { return new Counter(start); }
}
class Silent extends Counter {}
async function later(text) { await null; return hidden(text); }
function* letters(text) { for (const letter of text) yield letter; }
function adder(by) { return function add(value) { return value + by; }; }
function old(list) { var list = list || []; return list.length; }
function lineOf() { return new Error('x').stack.split('\\n')[1].match(/:(\\d+):/)[1]; }
function empty() {}
function each(list, visit) { list.forEach((item) => visit(item)); }
module.exports = { hidden2: (text) => hidden(text), arrow, Counter, Silent, later, letters, adder, old, lineOf, empty, each, api: { run(text) { return arrow(text); } } };
`;

const test = `const { test } = require('node:test');
const assert = require('node:assert');
const lib = require('../src/lib.js');
test('all', async () => {
  assert.equal(lib.hidden2(' a '), 'a');
  assert.equal(lib.arrow('a', { upper: true }), 'A');
  assert.equal(lib.arrow.name + lib.arrow.length, 'arrow1');
  const counter = new lib.Counter(2);
  assert.equal(counter.add(3).double, 10);
  counter.value = 1;
  assert.equal(lib.Counter.of(4).count, 4);
  assert.equal(lib.Counter.length + lib.Counter.name, '0Counter');
  assert.equal(new lib.Silent(7).add(1).count, 8);
  assert.equal(await lib.later(' b '), 'b');
  assert.deepEqual([...lib.letters('ab')], ['a', 'b']);
  assert.equal(lib.adder(1)(2), 3);
  assert.equal(lib.old(), 0);
  assert.equal(lib.old([1]), 1);
  assert.equal(lib.lineOf(), '19');
  assert.equal(lib.empty(), undefined);
  let sum = 0;
  lib.each([1, 2], (item) => { sum += item; });
  assert.equal(sum, 3);
  assert.equal(lib.api.run('x'), 'x');
  require('node:fs').writeFileSync('passed', 'yes');
});
`;

const files = { 'package.json': '{"name":"kinds","main":"src/lib.js"}', 'src/lib.js': source, 'test/lib.test.cjs': test };

describe('captured calls', () => {
  let captured: Captured;
  let dir = '';
  let passed = '';
  before(async () => {
    dir = writeRepository(files);
    captured = await captureCalls({
      dir,
      changed: 'all-own',
      seed: 1,
      runTests: async (tree, context) => {
        await runNodeTests(tree, context);
        passed = readFileSync(join(tree, 'passed'), 'utf8');
      },
    });
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  it('leaves the tests green: names, lengths, lines, redeclared parameters', () => {
    assert.equal(passed, 'yes');
  });

  for (const symbol of [
    'hidden',
    'arrow',
    'Counter.constructor',
    'Counter.get double',
    'Counter.set value',
    'Counter.add',
    'Counter.static of',
    'later',
    'letters',
    'adder',
    'adder/add',
    'old',
    'empty',
    'each',
    'run',
  ])
    it(`sees ${symbol}`, () => {
      const found = captured.functions.find((item) => item.meta.symbol === symbol);
      assert.ok(found, `known: ${captured.functions.map((item) => item.meta.symbol).join(', ')}`);
      assert.ok((found.counts?.calls ?? 0) > 0, JSON.stringify(found));
      assert.ok(found.sessions_kept > 0, JSON.stringify(found));
    });

  it('carries a callback with an environment by the answers it gave', () => {
    const session = captured.sessions.find((item) => item.nodes.some((node) => node.k === 'function' && node.answers !== undefined));
    const node = session?.nodes.find((item) => item.k === 'function');
    assert.equal(node?.k === 'function' && node.answers?.length, 2);
  });

  it('refers to what earlier steps made', () => {
    const session = captured.sessions.find((item) => item.steps.some((step) => step.name === 'double'));
    assert.equal(session?.steps[0]?.op, 'new');
    assert.ok(session?.steps.some((step) => typeof step.self === 'object' && step.self !== null && 'out' in step.self));
  });
});

it('keeps what was seen before the process ends itself', async () => {
  const dir = writeRepository({
    'package.json': '{"name":"x"}',
    'src/lib.js': 'exports.twice = (value) => value * 2;\n',
    'run.cjs': "const { twice } = require('./src/lib.js'); twice(21); process.kill(process.pid, 'SIGKILL');",
  });
  try {
    const captured = await captureCalls({
      dir,
      changed: 'all-own',
      seed: 1,
      runTests: async (tree) => {
        await run({ argv: [NODE_TARGET, 'run.cjs'], cwd: REPO_TARGET, mounts: [{ source: tree, target: REPO_TARGET, mode: 'rw' }] });
      },
    });
    assert.deepEqual(
      captured.sessions.map((session) => session.steps[0]?.args),
      [[21]],
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

async function captureOf(files: Record<string, string>, rebuild?: () => RunCallback): Promise<Captured> {
  const dir = writeRepository(files);
  try {
    return await captureCalls({ dir, changed: 'all-own', seed: 1, runTests: runNodeTests, ...(rebuild ? { rebuild: rebuild() } : {}) });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

it('keeps a bounded sample of very many asynchronous calls of a closure, and counts them all', async () => {
  const captured = await captureOf({
    'package.json': '{"name":"x","type":"module","main":"src/lib.js"}',
    'src/lib.js': `export default function limit(concurrency) {
  const queue = [];
  let active = 0;
  const next = () => { active--; if (queue.length > 0) queue.shift()(); };
  const run = async (fn, resolve) => { active++; const result = (async () => fn())(); resolve(result); try { await result; } catch {} next(); };
  return (fn) => new Promise((resolve) => { queue.push(() => run(fn, resolve)); if (active < concurrency) queue.shift()(); });
}
`,
    'test/lib.test.mjs': `import limit from '../src/lib.js';
import { test } from 'node:test';
test('many', async () => { const one = limit(4); await Promise.all(Array.from({ length: 50000 }, (_, i) => one(async () => i))); });
`,
  });
  const made = captured.functions.find((item) => item.meta.symbol === 'limit/<anonymous>');
  assert.equal(made?.counts?.calls, 50_000);
  const [session] = captured.sessions;
  assert.ok(session && session.steps.length > 2 && session.steps.length < 200, JSON.stringify(session).slice(0, 500));
  assert.ok(session.nodes.some((node) => node.k === 'function' && node.answers?.length === 1));
  assert.ok(session.nodes.some((node) => node.k === 'promise' && node.settled !== undefined));
});

it('carries callbacks inside data, what their promises settle to, and promises that are handed in', async () => {
  const captured = await captureOf({
    'package.json': '{"name":"x","main":"src/lib.js"}',
    'src/lib.js':
      'exports.all = async (jobs, first) => { const out = [await first]; for (const job of jobs) out.push(await job.run()); return out; };\n',
    'test/lib.test.cjs': `const { test } = require('node:test'); const assert = require('node:assert'); const { all } = require('../src/lib.js');
test('all', async () => {
  const by = { n: 2 };
  const jobs = [{ run: async () => by.n }, { run: async () => by.n + 1 }];
  const before = jobs[0].run;
  assert.deepEqual(await all(jobs, Promise.resolve('zero')), ['zero', 2, 3]);
  assert.equal(jobs[0].run, before);
});
`,
  });
  const nodes = captured.sessions[0]?.nodes ?? [];
  const settled = nodes.flatMap((node) => (node.k === 'promise' && node.settled && 'ret' in node.settled ? [node.settled.ret] : []));
  assert.deepEqual(settled.map(String).sort(), ['2', '3', 'zero'], JSON.stringify(captured));
});

it('records through a build: tests that run built files report the calls of the sources', async () => {
  const build: RunCallback = async (dir) => {
    await run({
      argv: [NODE_TARGET, 'build.cjs'],
      cwd: REPO_TARGET,
      mounts: [{ source: dir, target: REPO_TARGET, mode: 'rw' }],
    });
  };
  const captured = await captureOf(
    {
      'package.json': '{"name":"x","main":"dist/lib.js","scripts":{"build":"node build.cjs"}}',
      'src/lib.ts': 'export function twice(value: number): number {\n  return value * 2;\n}\n',
      'build.cjs': `const fs = require('node:fs');
const { stripTypeScriptTypes } = require('node:module');
const text = stripTypeScriptTypes(fs.readFileSync('src/lib.ts', 'utf8'));
fs.mkdirSync('dist', { recursive: true });
fs.writeFileSync('dist/lib.js', text.replace('export function', 'function') + ';exports.twice = twice;');
`,
      'test/lib.test.cjs': `const { test } = require('node:test');
test('a', () => { require('../dist/lib.js').twice(21); });
`,
    },
    () => build,
  );
  const twice = captured.functions.find((item) => item.meta.file === 'src/lib.ts' && item.meta.symbol === 'twice');
  assert.equal(twice?.counts?.calls, 1);
  assert.deepEqual(captured.sessions[0]?.steps[0]?.args, [21]);
});

it('keeps ever fewer states of what grows from call to call, cuts a long session, and says so', async () => {
  const captured = await captureOf({
    'package.json': '{"name":"x","main":"src/lib.js"}',
    'src/lib.js': `class List { constructor() { this.first = null; this.count = 0; } add(name) { link(this, { name, owner: this, next: this.first }); return this; } }
function link(list, node) { list.first = node; list.count++; }
exports.List = List;
`,
    'test/lib.test.cjs':
      "const { test } = require('node:test'); const { List } = require('../src/lib.js'); test('many', () => { const list = new List(); for (let i = 0; i < 700; i++) list.add('n'); });\n",
  });
  const link = captured.functions.find((item) => item.meta.symbol === 'link');
  const own = captured.sessions.filter((session) => session.level === 'function' && session.steps[0]?.id === link?.meta.id);
  assert.equal(link?.counts?.calls, 700);
  assert.ok(own.length > 24 && own.length < 48, String(own.length));
  // Small states and large ones.
  assert.ok(Math.max(...own.map((session) => session.nodes.length)) > 300);
  const entries = captured.sessions.filter((session) => session.level === 'entry');
  assert.equal(Math.max(...entries.map((session) => session.steps.length)), 400);
  assert.match(captured.left_out.join(), /recorded sessions? after 400 steps/);
});
