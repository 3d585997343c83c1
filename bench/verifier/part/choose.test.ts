import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { chooseHunks, type RanFunction } from './choose.ts';
import { readHunks, withHunks } from './hunks.ts';

type Files = Record<string, string>;

/** The diff of two sets of files as git prints it, without lines around the changes. */
function diffOf(before: Files, after: Files): string {
  const dir = mkdtempSync(join(tmpdir(), 'part-'));
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@localhost', ...args], { cwd: dir, encoding: 'utf8' });
  const lay = (files: Files): void => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), text);
    }
    git('add', '--all');
    git('commit', '-qm', 'x');
  };
  try {
    git('init', '-q');
    lay(before);
    for (const path of Object.keys(before)) if (!(path in after)) git('rm', '-q', path);
    lay(after);
    return git('diff', '--unified=0', '--no-renames', 'HEAD~1', 'HEAD');
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** The files with the part of the change whose functions ran: `ran` holds names of functions that begin a line with `function`. */
function partOf(before: Files, after: Files, ran: readonly string[]): Files {
  const files = readHunks(diffOf(before, after));
  const functions = (path: string): RanFunction[] => {
    const lines = (after[path] ?? '').split('\n');
    return lines.flatMap((line, index) => {
      const name = /^(?:export )?function (\w+)/.exec(line)?.[1];
      const to = lines.findIndex((other, at) => at >= index && other.startsWith('}'));
      return name === undefined ? [] : [{ kind: 'function' as const, from: index + 1, to: to + 1, ran: ran.includes(name) }];
    });
  };
  const chosen = chooseHunks({ files, functions, before: (path) => before[path] ?? null, after: (path) => after[path] ?? null });
  const made = files.filter(({ hunks }) => hunks.some((hunk) => chosen.has(hunk)));
  const texts = made.map(
    ({ path, hunks }) =>
      [
        path,
        withHunks(
          before[path] ?? '',
          hunks.filter((hunk) => chosen.has(hunk)),
        ),
      ] as const,
  );
  return { ...before, ...Object.fromEntries(texts) };
}

test('all hunks of a change make the new text', () => {
  const before = { 'a.js': 'one\ntwo\nthree\nfour\nfive\n' };
  const after = { 'a.js': 'zero\none\n2\nthree\nfive\nsix\n-- seven\n' };
  const [file] = readHunks(diffOf(before, after));
  assert.equal(withHunks(before['a.js'], file?.hunks ?? []), after['a.js']);
  assert.equal(withHunks(before['a.js'], (file?.hunks ?? []).slice(1)), after['a.js'].replace('zero\n', ''));
});

test('a function that ran comes with its changes, its neighbour stays', () => {
  const before = { 'a.js': 'function f() {\n  return 1;\n}\n\nfunction g() {\n  return 1;\n}\n' };
  const after = { 'a.js': 'function f() {\n  return 1 + 0;\n}\n\nfunction g() {\n  return 2;\n}\n' };
  assert.deepEqual(partOf(before, after, ['f']), { 'a.js': before['a.js'].replace('return 1', 'return 1 + 0') });
  assert.deepEqual(partOf(before, after, []), before);
});

test('what the changed functions name comes along: constants, new modules, and new names of changed modules', () => {
  const before: Files = {
    'a.js': "const { ONE } = require('./c');\nfunction f() {\n  return ONE;\n}\nfunction g() {\n  return 1;\n}\n",
    'c.js': 'const ONE = 1;\n\nmodule.exports = {\n  ONE,\n};\n',
    'd.js': 'exports.x = 1;\n',
  };
  const after: Files = {
    'a.js':
      "const other = require('./other');\nconst { ONE } = require('./c');\nconst { TWO } = require('./c');\nconst fast = require('./fast');\nconst LIMIT = 3;\nfunction f() {\n  return fast(ONE, TWO, LIMIT);\n}\nfunction g() {\n  return other(1);\n}\n",
    'c.js': 'const ONE = 1;\n\nconst TWO = 2;\nconst THREE = 3;\n\nmodule.exports = {\n  ONE,\n  TWO,\n};\n\nexports.THREE = THREE;\n',
    'd.js': 'exports.x = 2;\n',
    'fast.js': "const deep = require('./deep');\nmodule.exports = (a, b, c) => deep(a) + b + c;\n",
    'deep.js': 'module.exports = (a) => a;\n',
    'other.js': 'module.exports = (a) => a;\n',
  };
  const part = partOf(before, after, ['f']);
  assert.deepEqual(Object.keys(part).sort(), ['a.js', 'c.js', 'd.js', 'deep.js', 'fast.js']);
  assert.equal(part['d.js'], before['d.js']);
  assert.match(part['c.js'] ?? '', /const TWO = 2;[\s\S]*\n  TWO,\n/);
  assert.match(part['a.js'] ?? '', /fast\(ONE, TWO, LIMIT\)[\s\S]*return 1;/);
  assert.match(part['a.js'] ?? '', /const LIMIT = 3;/);
});

test('a function that did not run stays out though it stands in one that did', () => {
  const hunks = readHunks('diff --git a/a.js b/a.js\n--- a/a.js\n+++ b/a.js\n@@ -2 +2 @@\n-a\n+b\n@@ -5,2 +4,0 @@\n-c\n-d\n');
  const functions = [
    { kind: 'function' as const, from: 1, to: 9, ran: true },
    { kind: 'function' as const, from: 2, to: 2, ran: false },
  ];
  const chosen = chooseHunks({ files: hunks, functions: () => functions, before: () => '', after: () => '' });
  assert.deepEqual(
    [...chosen].map(({ old_start }) => old_start),
    [5],
  );
});

test('a block that the workload left out stays as it was; what reaches beyond its lines does not', () => {
  const hunks = readHunks('diff --git a/a.js b/a.js\n--- a/a.js\n+++ b/a.js\n@@ -2 +2,2 @@\n-a\n+b\n+c\n@@ -6 +7 @@\n-d\n+e\n');
  const functions = [
    { kind: 'function' as const, from: 1, to: 9, ran: true },
    { kind: 'block' as const, from: 3, to: 7, ran: false },
  ];
  const chosen = chooseHunks({ files: hunks, functions: () => functions, before: () => '', after: () => '' });
  assert.deepEqual(
    [...chosen].map(({ old_start }) => old_start),
    [2],
  );
});
