import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface TestRepository {
  dir: string;
  /** Runs git in the repository and gives its output without the last newline. */
  git: (...args: string[]) => string;
  write: (files: RepositoryFiles) => void;
  /** Writes the files and commits everything; gives the commit's hash. */
  commit: (message: string, files?: RepositoryFiles) => string;
  remove: () => void;
}

/** Path in the repository to content; an object is written as JSON. */
export type RepositoryFiles = Record<string, string | object>;

/** A small git repository on branch main with one commit of the given files; the folder's name may hold spaces and non-ASCII. */
export const createRepository = (files: RepositoryFiles, options: { name?: string } = {}): TestRepository => {
  const parent = mkdtempSync(join(tmpdir(), 'codeoptima-repository-'));
  const dir = join(parent, options.name ?? 'project');
  mkdirSync(dir);
  const identity = [
    '-c',
    'user.name=Test',
    '-c',
    'user.email=test@example.org',
    '-c',
    'commit.gpgsign=false',
    '-c',
    'protocol.file.allow=always',
  ];
  const git = (...args: string[]): string =>
    execFileSync('git', [...identity, ...args], { cwd: dir, encoding: 'utf8', stdio: 'pipe' }).trimEnd();
  const write = (files: RepositoryFiles): void => {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
    }
  };
  const commit = (message: string, files: RepositoryFiles = {}): string => {
    write(files);
    git('add', '--all', '--force');
    git('commit', '--quiet', '--allow-empty', '-m', message);
    return git('rev-parse', 'HEAD');
  };
  git('init', '--quiet', '--initial-branch=main');
  commit('first', files);
  return { dir, git, write, commit, remove: () => rmSync(parent, { recursive: true, force: true }) };
};

/** A package with a working node:test suite, the smallest repository a run accepts. */
export const smallPackage = (more: RepositoryFiles = {}): RepositoryFiles => ({
  'package.json': { name: 'small', version: '1.0.0', type: 'module', exports: './index.js', scripts: { test: 'node --test' } },
  'index.js': 'export const sum = (list) => list.reduce((total, value) => total + value, 0);\n',
  'index.test.js':
    "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { sum } from './index.js';\ntest('sums', () => assert.equal(sum([1, 2, 3]), 6));\n",
  ...more,
});
