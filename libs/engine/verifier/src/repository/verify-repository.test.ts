import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { RunConfig } from '@codeoptima/config';
import { CodeOptimaError } from '@codeoptima/contracts';
import { type RepositoryVerdict, verifyRepository } from './verify-repository.ts';

/** A repository whose dependency cannot be had: whatever needs an installation fails. */
async function repository(
  t: TestContext,
  manifest: object,
): Promise<{ folder: string; commit: (files: Record<string, string>) => Promise<string> }> {
  const folder = await mkdtemp(join(tmpdir(), 'verify-repository-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const dir = join(folder, 'repository');
  await mkdir(dir);
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@localhost', ...args], { cwd: dir, encoding: 'utf8' });
  git('init', '-q', '-b', 'main');
  const commit = async (files: Record<string, string>): Promise<string> => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(join(dir, path, '..'), { recursive: true });
      await writeFile(join(dir, path), text);
    }
    git('add', '--all');
    git('commit', '-qm', 'next');
    return git('rev-parse', 'HEAD').trim();
  };
  await commit({
    'package.json': JSON.stringify({ name: 'subject', type: 'module', exports: './index.js', ...manifest }),
    'index.js': 'export const double = (n) => n + n;\n',
    'test/double.test.js': "import '../index.js';\n",
  });
  return { folder, commit };
}

const UNINSTALLABLE = { scripts: { test: 'node --test' }, dependencies: { gone: 'file:./gone.tgz' } };

async function verify(
  t: TestContext,
  files: Record<string, string>,
  options: { product_only: boolean; patch?: string },
  manifest: object = UNINSTALLABLE,
): Promise<RepositoryVerdict> {
  const { folder, commit } = await repository(t, manifest);
  const head = await commit(files);
  await mkdir(join(folder, 'work'));
  return await verifyRepository({
    repository: join(folder, 'repository'),
    base: `${head}~1`,
    head,
    patch: null,
    ...options,
    config: RunConfig.parse({}),
    changed_lines_max: 60,
    allow_surface: false,
    strict: false,
    search_budget_ms: 1000,
    seed: 1,
    flags: [],
    workdir: join(folder, 'work'),
    cache_dir: join(folder, 'cache'),
    reproduce: null,
    signal: AbortSignal.timeout(120_000),
    now: () => performance.now(),
    progress: () => undefined,
    detail: () => undefined,
  });
}

const FASTER = { 'index.js': 'export const double = (n) => 2 * n;\n' };
const OWN_JUDGE = { 'test/double.test.js': "import assert from 'node:assert';\nassert.ok(true);\n" };

test('a change that its text refuses is refused before anything is installed', async (t) => {
  const { verdict, reason, checks } = await verify(t, { ...FASTER, ...OWN_JUDGE }, { product_only: false });
  assert.equal(verdict, 'refused');
  assert.match(reason, /test\/double\.test\.js/);
  assert.equal(checks.find((check) => check.name === 'guards')?.outcome, 'failed');
  assert.equal(
    checks.some((check) => check.name === 'tests'),
    false,
  );
});

test('a change is judged without the tests it came with where that is asked for', async (t) => {
  // Past the guards the installation is next, and that cannot succeed here.
  await assert.rejects(
    verify(t, { ...FASTER, ...OWN_JUDGE }, { product_only: true }),
    (error: CodeOptimaError) => error.code === 'install_failed',
  );
});

test('a change of nothing but tests leaves nothing to judge', async (t) => {
  await assert.rejects(
    verify(t, OWN_JUDGE, { product_only: true }),
    (error: CodeOptimaError) => error.code === 'bad_input' && error.message.includes('test/double.test.js'),
  );
});

for (const [what, patch, words] of [
  ['is empty', ' \n', /The patch is empty/],
  ['is no diff', 'hello\n', /Line 1 of the patch has no file header/],
  [
    'does not fit',
    'diff --git a/index.js b/index.js\n--- a/index.js\n+++ b/index.js\n@@ -1 +1 @@\n-nothing like it\n+else\n',
    /The patch does not apply: index\.js has another text around line 1/,
  ],
  [
    'reaches out',
    '--- a/../../out.js\n+++ b/../../out.js\n@@ -1 +1 @@\n-a\n+b\n',
    /\.\.\/\.\.\/out\.js, which lies outside the repository/,
  ],
  [
    'is absolute',
    'diff --git a//etc/x b//etc/x\n--- a//etc/x\n+++ b//etc/x\n@@ -1 +1 @@\n-a\n+b\n',
    /\/etc\/x, which lies outside the repository/,
  ],
] as const)
  test(`a patch that ${what} is bad input, said in one sentence before anything is installed`, async (t) => {
    await assert.rejects(verify(t, FASTER, { product_only: false, patch }), (error: CodeOptimaError) => {
      assert.ok(error.code === 'bad_input' || error.code === 'conflict', error.code);
      assert.match(error.message, words);
      return !error.message.includes('\n');
    });
  });

test('a build that fails on the base as well is no fault of the change', async (t) => {
  const manifest = { scripts: { build: 'node gone.js', test: 'node --test' } };
  const { checks, notes } = await verify(t, FASTER, { product_only: false }, manifest);
  assert.ok(
    notes.some((note) => note.startsWith('The build (npm run build) failed')),
    notes.join(' '),
  );
  assert.equal(checks.find((check) => check.name === 'build')?.outcome, 'skipped');
});

test('a build that removes what the change touches is left out on both sides', async (t) => {
  const manifest = { scripts: { build: 'rm index.js', test: 'node --test' } };
  const { checks, notes } = await verify(t, FASTER, { product_only: false }, manifest);
  assert.ok(
    notes.some((note) => note.startsWith('The build rewrites or removes files')),
    notes.join(' '),
  );
  assert.equal(checks.find((check) => check.name === 'tests')?.outcome, 'passed');
});
