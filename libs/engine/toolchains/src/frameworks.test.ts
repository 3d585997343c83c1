import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { detectToolchain, prepareTree, runTests, type TestRun } from './index.ts';

/** Kept between runs of these tests: the packages are downloaded once. */
const CACHE = join(tmpdir(), 'codeoptima-toolchains-cache');

interface Case {
  framework: string;
  script: string;
  packages: Record<string, string>;
  file: string;
  code: string;
  expected: [string, string][];
}

const CASES: Case[] = [
  {
    framework: 'node-test',
    script: 'node --test',
    packages: { ms: '2.1.3' },
    file: 'a.test.mjs',
    code: `import { describe, test } from 'node:test'; import a from 'node:assert'; import ms from 'ms';
      describe('s', () => { test('ok', () => a.equal(ms('1s'), 1000)); test('bad', () => a.equal(1, 2)); test('sk', { skip: 'not here' }, () => {}) }); test('ok', () => {}); test('ok', () => {});`,
    expected: [
      ['a.test.mjs > s > ok', 'passed'],
      ['a.test.mjs > s > bad', 'failed'],
      ['a.test.mjs > s > sk', 'skipped'],
      ['a.test.mjs > ok', 'passed'],
      ['a.test.mjs > ok (2)', 'passed'],
    ],
  },
  {
    framework: 'vitest',
    script: 'vitest --coverage',
    packages: { vitest: '3.2.4' },
    file: 'a.test.mjs',
    code: `import { describe, expect, test } from 'vitest'; describe('s', () => { test('ok', () => {}); test('bad', () => expect(1).toBe(2)); test.skip('sk', () => {}) })`,
    expected: [
      ['a.test.mjs > s > ok', 'passed'],
      ['a.test.mjs > s > bad', 'failed'],
      ['a.test.mjs > s > sk', 'skipped'],
    ],
  },
  {
    framework: 'jest',
    script: 'cross-env A=1 jest --coverage',
    packages: { jest: '29.7.0', 'cross-env': '7.0.3' },
    file: 'a.test.js',
    code: `describe('s', () => { test('ok', () => expect(process.env.A).toBe('1')); test('bad', () => expect(1).toBe(2)); test.skip('sk', () => {}) })`,
    expected: [
      ['a.test.js > s > ok', 'passed'],
      ['a.test.js > s > bad', 'failed'],
      ['a.test.js > s > sk', 'skipped'],
    ],
  },
  {
    framework: 'mocha',
    script: 'eslint . && c8 --check-coverage mocha a.test.cjs -R dot',
    packages: { mocha: '11.7.1' },
    file: 'a.test.cjs',
    code: `const a = require('assert'); describe('s', () => { it('ok', () => {}); it('bad', () => a.equal(1, 2)); it('sk') }); describe('h', () => { before(() => { throw new Error('x') }); it('never', () => {}) })`,
    expected: [
      ['a.test.cjs > s ok', 'passed'],
      ['a.test.cjs > s bad', 'failed'],
      ['a.test.cjs > s sk', 'skipped'],
      ['a.test.cjs > h "before all" hook for "never"', 'failed'],
    ],
  },
  ...['1.21.5', '8.4.0'].map((mocha) => ({
    framework: 'mocha',
    script: 'mocha --reporter spec --check-leaks a.test.cjs',
    packages: { mocha },
    file: 'a.test.cjs',
    code: `const a = require('assert'); describe('s', function () { it('ok', function () { a.equal(process.env.CODEOPTIMA_MOCHA_REPORT, undefined) }); it('bad', function () { a.equal(1, 2) }); it('sk') })`,
    expected: [
      ['a.test.cjs > s ok', 'passed'],
      ['a.test.cjs > s bad', 'failed'],
      ['a.test.cjs > s sk', 'skipped'],
    ] as [string, string][],
  })),
  {
    framework: 'ava',
    script: 'ava',
    packages: { ava: '6.4.1' },
    file: 'test.mjs',
    code: `import test from 'ava'; test('ok', (t) => t.pass()); test('bad', (t) => t.is(1, 2)); test.skip('sk', (t) => t.pass())`,
    expected: [
      ['bad', 'failed'],
      ['ok', 'passed'],
      ['sk', 'skipped'],
    ],
  },
  {
    framework: 'tape',
    script: 'tape a.test.cjs | tap-spec',
    packages: { tape: '5.9.0' },
    file: 'a.test.cjs',
    code: `const t = require('tape'); t('ok', (t) => { t.ok(1); t.ok(2); t.end() }); t('bad', (t) => { t.ok(1); t.equal(1, 2); t.end() })`,
    expected: [
      ['ok', 'passed'],
      ['bad', 'failed'],
    ],
  },
  {
    framework: 'tap',
    script: 'tap a.test.cjs',
    packages: { tap: '21.1.0' },
    file: 'a.test.cjs',
    code: `const t = require('tap'); t.test('ok', (t) => { t.ok(1, 'one'); t.end() }); t.test('bad', (t) => { t.equal(1, 2, 'two'); t.end() })`,
    expected: [
      ['a.test.cjs > ok > one', 'passed'],
      ['a.test.cjs > ok', 'passed'],
      ['a.test.cjs > bad > two', 'failed'],
      ['a.test.cjs > bad', 'failed'],
      ['a.test.cjs', 'failed'],
    ],
  },
  {
    framework: 'command',
    script: 'sh check.sh',
    packages: {},
    file: 'check.sh',
    code: 'echo to the log; exit 3',
    expected: [['command > sh check.sh', 'failed']],
  },
];

async function inFolder<T>(files: Record<string, string>, work: (dir: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'toolchains é '));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function installAndTest(dir: string): Promise<{ framework: string; run: TestRun; notes: string[] }> {
  const { toolchain, notes } = await detectToolchain(dir);
  const prepared = await prepareTree({ dir, toolchain, cache_dir: CACHE, build_ms: 300_000, strict: true });
  return { framework: toolchain.framework, run: await runTests({ dir, toolchain }), notes: [...notes, ...prepared.notes] };
}

for (const { framework, script, packages, file, code, expected } of CASES) {
  test(`${framework}: each test has its outcome`, async () => {
    const manifest = JSON.stringify({ name: 'x', scripts: { test: script }, devDependencies: packages });
    const found = await inFolder({ 'package.json': manifest, [file]: code }, installAndTest);
    assert.equal(found.framework, framework);
    assert.deepEqual(
      // Frameworks run files and tests side by side, so the order is not theirs to promise.
      found.run.outcomes.map(({ id, status }) => `${id}: ${status}`).sort(),
      expected.map((pair) => pair.join(': ')).sort(),
      found.run.log,
    );
    assert.equal(found.run.outcome, 'exited');
    for (const { status, message } of found.run.outcomes) if (status === 'passed') assert.equal(message, null);
  });
}

const USES_MS = `import { test } from 'node:test'; import assert from 'node:assert'; import ms from 'ms'; import fs from 'node:fs';
  test('installed', () => assert.equal(ms('1s'), 1000)); test('nothing of the repository ran with the network', () => assert.ok(!fs.existsSync('/repo/ran')));`;
const TRAP = `require('fs').writeFileSync('/repo/ran', 'x')`;
const DEPENDENT = { dependencies: { ms: '2.1.3' }, scripts: { test: 'node --test' } };

for (const [name, files] of Object.entries({
  'pnpm in a workspace': {
    'package.json': JSON.stringify({ packageManager: 'pnpm@9.15.9' }),
    'pnpm-workspace.yaml': 'packages: ["parts/*"]\n',
    'parts/a/package.json': JSON.stringify({ name: 'a', ...DEPENDENT }),
    'parts/a/a.test.mjs': USES_MS,
    '.pnpmfile.cjs': TRAP,
  },
  'yarn classic': {
    'package.json': JSON.stringify(DEPENDENT),
    'yarn.lock': '',
    '.yarnrc': 'yarn-path "./trap.cjs"\n',
    'trap.cjs': TRAP,
    'a.test.mjs': USES_MS,
  },
  'yarn berry': {
    'package.json': JSON.stringify({ packageManager: 'yarn@4.18.1', ...DEPENDENT }),
    'yarn.lock': '',
    '.yarnrc.yml': 'yarnPath: ./trap.cjs\nplugins:\n  - ./trap.cjs\n',
    'trap.cjs': TRAP,
    'a.test.mjs': USES_MS,
  },
})) {
  test(`${name}: dependencies are installed, and no code of the repository runs meanwhile`, async () => {
    const { run } = await inFolder(files, installAndTest);
    assert.deepEqual([...new Set(run.outcomes.map(({ status }) => status))], ['passed'], run.log);
    assert.equal(run.outcomes.length, 2);
  });
}
