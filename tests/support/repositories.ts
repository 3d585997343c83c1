import { readdirSync } from 'node:fs';
import { createRepository, type RepositoryFiles, type TestRepository } from '@codeoptima/testkit';

const manifest = (more: object = {}): object => ({
  name: 'small',
  version: '1.0.0',
  type: 'module',
  exports: './index.js',
  scripts: { test: 'node --test' },
  ...more,
});

/** Removes what occurs twice, in quadratic time; and something that is quick already. */
const SLOW = `/** Values in the order of their first occurrence. */
export function distinct(names) {
  return names.filter((name, index) => names.indexOf(name) === index);
}

/** Parts of a path. */
export function parts(path) {
  return path.split('/');
}
`;

/** Its calls are measured too, as other work that must not get slower: on five names alone the quadratic way is the quicker one. */
const SLOW_TEST = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distinct, parts } from './index.js';

test('keeps the first of each', () => {
  assert.deepEqual(distinct(['b', 'a', 'b', 'c', 'a']), ['b', 'a', 'c']);
  assert.deepEqual(distinct([]), []);
});

test('keeps the order of many', () => {
  const names = Array.from({ length: 600 }, (_, index) => 'name ' + (index % 300));
  assert.deepEqual(distinct(names), names.slice(0, 300));
});

test('splits', () => assert.deepEqual(parts('a/b'), ['a', 'b']));
`;

const SLOW_WORKLOAD = `export default function setup(lib) {
  const names = Array.from({ length: 3_000 }, (_, index) => 'name ' + ((index * 7919) % 1_500));
  return { fn: () => lib.distinct(names).length, check: () => lib.distinct(names) };
}
`;

/** A library with one slow function that a rule makes many times faster. */
export const slowPackage = (more: RepositoryFiles = {}): RepositoryFiles => ({
  'package.json': manifest(),
  'index.js': SLOW,
  'index.test.js': SLOW_TEST,
  'bench/names.js': SLOW_WORKLOAD,
  'codeoptima.toml': '[[workload]]\nname = "names"\nfile = "bench/names.js"\n\n[limits]\nmax_iterations = 1\n',
  ...more,
});

/** A package whose only test passes and that offers nothing to optimise. */
export const idlePackage = (more: RepositoryFiles = {}, fields: object = {}): RepositoryFiles => ({
  'package.json': manifest(fields),
  'index.js': 'export const answer = 42;\n',
  'index.test.js':
    "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { answer } from './index.js';\ntest('answers', () => assert.equal(answer, 42));\n",
  ...more,
});

/** One more test, which takes long enough for something to happen meanwhile. */
export const SLOW_TEST_FILE: RepositoryFiles = {
  'slow.test.js':
    "import { test } from 'node:test';\ntest('takes its time', () => new Promise((resolve) => setTimeout(resolve, 2_500)));\n",
};

/** What a person would notice of their repository, but for the proposed branch. */
export const stateOf = ({ dir, git }: TestRepository): object => ({
  status: git('status', '--porcelain=v2', '--branch'),
  index: git('ls-files', '--stage'),
  head: git('rev-parse', 'HEAD'),
  stash: git('stash', 'list'),
  refs: git('for-each-ref', '--format=%(refname) %(objectname)')
    .split('\n')
    .filter((line) => !line.startsWith('refs/heads/codeoptima/')),
  worktrees: git('worktree', 'list').split('\n').length,
  files: readdirSync(dir),
});

export const proposals = ({ git }: TestRepository): string[] =>
  git('for-each-ref', '--format=%(refname:short)', 'refs/heads/codeoptima/').split('\n').filter(Boolean);

/** Repositories of one test file, removed together. */
export class Repositories {
  readonly #made: TestRepository[] = [];

  create(files: RepositoryFiles, options: { name?: string } = {}): TestRepository {
    const made = createRepository(files, options);
    this.#made.push(made);
    return made;
  }

  remove(): void {
    for (const repository of this.#made.splice(0)) repository.remove();
  }
}
