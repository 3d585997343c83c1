import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  applyPatch,
  checkout,
  checkoutSubmodules,
  commitAll,
  createBranch,
  diffWorkingTree,
  fastForward,
  findBranchByTrailer,
  git,
  inspectRepository,
  mirror,
} from './index.ts';

let scratch = '';
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'scm-'));
});
after(() => rm(scratch, { recursive: true, force: true }));

const AUTHOR = { name: 'Code Optima', email: 'noreply@codeoptima.invalid' };
const sh = (cwd: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'protocol.file.allow=always', ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .toString()
    .trim();
const state = (dir: string): string =>
  [
    sh(dir, 'status', '--porcelain'),
    sh(dir, 'stash', 'list'),
    sh(dir, 'rev-parse', 'HEAD'),
    sh(dir, 'branch', '--show-current'),
    sh(dir, 'ls-files', '-s'),
  ].join('\n');

async function repository(name: string): Promise<string> {
  const dir = join(scratch, name);
  await mkdir(join(dir, 'src'), { recursive: true });
  sh(dir, 'init', '-q', '-b', 'main');
  await writeFile(join(dir, 'src', 'a.js'), 'export const a = 1;\n');
  sh(dir, 'add', '.');
  sh(dir, 'commit', '-qm', 'one');
  return dir;
}

async function change(from: string, dir: string, text: string, message = 'perf: faster\n\nCodeoptima-Run: r1\n'): Promise<string> {
  await checkout(from, sh(from, 'rev-parse', 'HEAD'), dir);
  await writeFile(join(dir, 'src', 'a.js'), text);
  return await commitAll(dir, message, AUTHOR, new Date(1_700_000_000_000));
}

test('a branch arrives in a repository with a name full of surprises, and nothing else moves', async () => {
  const dir = await repository('Grüße an die Wölt 😀');
  await writeFile(join(dir, 'src', 'a.js'), 'dirty\n');
  await writeFile(join(dir, 'new file.txt'), 'untracked\n');
  sh(dir, 'stash', 'list');
  const untouched = state(dir);
  const facts = await inspectRepository(dir);
  assert.deepEqual([facts.branch, facts.dirty.toSorted(), facts.bare], ['main', ['new file.txt', 'src/a.js'], false]);
  const commit = await change(dir, join(scratch, 'work copy'), 'export const a = 2;\n');
  assert.equal(await createBranch(dir, 'codeoptima/x', commit, join(scratch, 'work copy')), 'codeoptima/x');
  assert.equal(state(dir), untouched);
  assert.equal(sh(dir, 'show', 'codeoptima/x:src/a.js'), 'export const a = 2;');
  assert.equal(sh(dir, 'for-each-ref', 'refs/codeoptima'), '');
  assert.equal(await createBranch(dir, 'codeoptima/x', commit, join(scratch, 'work copy')), 'codeoptima/x');
  assert.deepEqual(await findBranchByTrailer(dir, 'Codeoptima-Run', 'r1'), { branch: 'codeoptima/x', commit });
  assert.equal(await findBranchByTrailer(dir, 'Codeoptima-Run', 'r2'), null);
});

test('a taken name gets a number', async () => {
  const dir = await repository('taken');
  sh(dir, 'branch', 'codeoptima/x');
  const commit = await change(dir, join(scratch, 'taken-copy'), 'export const a = 3;\n');
  assert.equal(await createBranch(dir, 'codeoptima/x', commit, join(scratch, 'taken-copy')), 'codeoptima/x-2');
  await assert.rejects(createBranch(dir, '../evil', commit, join(scratch, 'taken-copy')), { code: 'bad_input' });
});

test('hooks, filters and settings of the repository run nothing', async () => {
  const dir = await repository('hooks');
  const trap = join(scratch, 'hook-ran');
  for (const hook of ['post-checkout', 'pre-commit', 'reference-transaction', 'post-merge', 'fsmonitor-watchman']) {
    await writeFile(join(dir, '.git', 'hooks', hook), `#!/bin/sh\ntouch '${trap}'\n`);
    await chmod(join(dir, '.git', 'hooks', hook), 0o755);
  }
  sh(dir, 'config', 'core.fsmonitor', `touch '${trap}'; true`);
  sh(dir, 'config', 'diff.external', `touch '${trap}'; true`);
  const commit = await change(dir, join(scratch, 'hooks-copy'), 'export const a = 4;\n');
  await createBranch(dir, 'codeoptima/h', commit, join(scratch, 'hooks-copy'));
  await inspectRepository(dir);
  await assert.rejects(readFile(trap), { code: 'ENOENT' });
});

test('a content filter of the repository is a command, and is not run to see what is uncommitted', async () => {
  const dir = await repository('filtered');
  const trap = join(scratch, 'filter-ran');
  await writeFile(join(dir, '.gitattributes'), '* filter=a=b\n*.js filter=long\n');
  sh(dir, 'add', '.');
  sh(dir, 'commit', '-qm', 'attributes');
  for (const [name, key] of [
    ['a=b', 'clean'],
    ['long', 'process'],
  ]) {
    sh(dir, 'config', `filter.${name}.${key}`, `touch '${trap}'; cat`);
    sh(dir, 'config', `filter.${name}.required`, 'true');
  }
  await writeFile(join(dir, 'src', 'a.js'), 'export const a = 9;\n');
  await writeFile(join(dir, '.gitattributes'), '# more\n* filter=a=b\n*.js filter=long\n');
  assert.deepEqual((await inspectRepository(dir)).dirty.toSorted(), ['.gitattributes', 'src/a.js']);
  await assert.rejects(readFile(trap), /ENOENT/);
});

test('detached, shallow and bare repositories work', async () => {
  const dir = await repository('kinds');
  await writeFile(join(dir, 'b.js'), '2\n');
  sh(dir, 'add', '.');
  sh(dir, 'commit', '-qm', 'two');
  const shallow = join(scratch, 'shallow');
  sh(scratch, 'clone', '-q', '--depth', '1', `file://${dir}`, shallow);
  assert.equal((await inspectRepository(shallow)).shallow, true);
  const commit = await change(shallow, join(scratch, 'shallow-copy'), 'export const a = 5;\n');
  assert.equal(await createBranch(shallow, 'codeoptima/s', commit, join(scratch, 'shallow-copy')), 'codeoptima/s');
  sh(dir, 'checkout', '-q', '--detach');
  assert.equal((await inspectRepository(dir)).branch, null);
  const bare = await mirror(`file://${dir}`, join(scratch, 'mirrors'));
  assert.equal((await inspectRepository(bare)).bare, true);
  assert.equal(await mirror(`file://${dir}`, join(scratch, 'mirrors')), bare);
  await checkout(bare, (await inspectRepository(bare)).commit, join(scratch, 'from-bare'));
  assert.equal(await readFile(join(scratch, 'from-bare', 'b.js'), 'utf8'), '2\n');
});

test('a mirror that holds the asked commit needs no network, and one that does not finds a commit to which no branch leads', async () => {
  const dir = await repository('tagged');
  const cache = join(scratch, 'asked-mirrors');
  const first = sh(dir, 'rev-parse', 'HEAD');
  await mirror(`file://${dir}`, cache, undefined, first);
  sh(dir, 'checkout', '-q', '--detach');
  sh(dir, 'commit', '-q', '--allow-empty', '-m', 'release');
  sh(dir, 'tag', 'v2');
  const released = sh(dir, 'rev-parse', 'HEAD');
  sh(dir, 'checkout', '-q', 'main');
  const bare = await mirror(`file://${dir}`, cache, undefined, released);
  assert.equal((await inspectRepository(bare, released)).commit, released);
  await rm(dir, { recursive: true });
  assert.equal(await mirror(`file://${dir}`, cache, undefined, released), bare);
  await assert.rejects(mirror(`file://${dir}`, cache), { code: 'internal' });
});

test('bad input gets one sentence', async () => {
  await mkdir(join(scratch, 'plain'));
  await assert.rejects(inspectRepository(join(scratch, 'plain')), { code: 'bad_input', message: /is not a git repository/ });
  await assert.rejects(inspectRepository(join(scratch, 'nowhere')), { code: 'bad_input', message: /does not exist/ });
  const empty = join(scratch, 'empty');
  await mkdir(empty);
  sh(empty, 'init', '-q');
  await assert.rejects(inspectRepository(empty), { code: 'bad_input', message: /no commit yet/ });
  await assert.rejects(inspectRepository(await repository('refs'), 'no-such'), { code: 'bad_input', message: /'no-such'/ });
  await assert.rejects(inspectRepository(join(scratch, 'refs'), '--upload-pack=x'), { code: 'bad_input' });
  await assert.rejects(mirror(`file://${scratch}/gone`, join(scratch, 'mirrors')), { code: 'bad_input', message: /cannot be cloned/ });
});

test('what an attempt that was killed held in the repository goes with the next branch', async () => {
  const dir = await repository('killed');
  sh(dir, 'update-ref', `refs/codeoptima/incoming/${'0'.repeat(40)}-ab`, 'HEAD');
  const commit = await change(dir, join(scratch, 'killed-copy'), 'export const a = 4;\n');
  await createBranch(dir, 'codeoptima/x', commit, join(scratch, 'killed-copy'));
  assert.equal(sh(dir, 'for-each-ref', 'refs/codeoptima'), '');
});

test('mirrors made at the same moment are one, and a failure names no password', async () => {
  const dir = await repository('far');
  const cache = join(scratch, 'shared-mirrors');
  const mirrors = await Promise.all([mirror(`file://${dir}`, cache), mirror(`file://${dir}`, cache), mirror(`file://${dir}`, cache)]);
  assert.equal(new Set(mirrors).size, 1);
  assert.equal(sh(mirrors[0] ?? '', 'rev-parse', 'HEAD'), sh(dir, 'rev-parse', 'HEAD'));
  assert.equal((await readdir(cache)).length, 1);
  await assert.rejects(mirror('http://ada:secret@127.0.0.1:1/x.git', cache), (error: Error) => {
    assert.doesNotMatch(JSON.stringify(error) + error.message, /secret/);
    return true;
  });
});

test('a patch edits files and nothing else', async () => {
  const dir = await repository('patches');
  const copy = join(scratch, 'patch-copy');
  await checkout(dir, sh(dir, 'rev-parse', 'HEAD'), copy);
  const good = '--- a/src/a.js\n+++ b/src/a.js\n@@ -1 +1 @@\n-export const a = 1;\n+export const a = 9;\n';
  await applyPatch(copy, good);
  assert.match(await diffWorkingTree(copy), /\+export const a = 9;/);
  await assert.rejects(applyPatch(copy, good), { code: 'conflict' });
  for (const bad of [
    'diff --git a/x b/x\nnew file mode 120000\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+/etc\n',
    '--- a/../../out.js\n+++ b/../../out.js\n@@ -0,0 +1 @@\n+x\n',
    '--- a/src/a.js\n+++ /dev/null\n@@ -1 +0,0 @@\n-export const a = 9;\n',
    'diff --git a/src/a.js b/src/a.js\nold mode 100644\nnew mode 100755\n',
    'nonsense\n',
  ])
    await assert.rejects(applyPatch(copy, bad), { code: 'bad_input' });
  await symlink('/tmp', join(copy, 'link'));
  await assert.rejects(applyPatch(copy, '--- /dev/null\n+++ b/link/out.js\n@@ -0,0 +1 @@\n+x\n'), { code: 'bad_input' });
});

test('fast-forward moves a branch only when nothing is lost', async () => {
  const dir = await repository('merge');
  const base = sh(dir, 'rev-parse', 'HEAD');
  const commit = await change(dir, join(scratch, 'merge-copy'), 'export const a = 7;\n');
  await createBranch(dir, 'codeoptima/m', commit, join(scratch, 'merge-copy'));
  await writeFile(join(dir, 'src', 'a.js'), 'dirty\n');
  assert.match((await fastForward(dir, 'main', commit, base)).reason, /uncommitted/);
  sh(dir, 'checkout', '-q', '--', '.');
  assert.equal((await fastForward(dir, 'main', commit, base)).merged, true);
  assert.equal(await readFile(join(dir, 'src', 'a.js'), 'utf8'), 'export const a = 7;\n');
  assert.equal(sh(dir, 'status', '--porcelain'), '');
  assert.equal((await fastForward(dir, 'main', commit, base)).merged, true);
  assert.match((await fastForward(dir, 'main', base, base)).reason, /has moved/);
  sh(dir, 'branch', 'other', base);
  assert.equal((await fastForward(dir, 'other', commit, base)).merged, true);
});

test('submodules are filled in from what is here, the rest is named', async () => {
  const part = await repository('part');
  const dir = await repository('whole');
  sh(dir, 'submodule', '--quiet', 'add', part, 'lib/part');
  sh(dir, 'commit', '-qm', 'submodule');
  const facts = await inspectRepository(dir);
  assert.deepEqual(facts.submodules, ['lib/part']);
  const copy = join(scratch, 'whole-copy');
  await checkout(dir, facts.commit, copy);
  assert.deepEqual(await checkoutSubmodules(dir, copy, facts.submodules), []);
  assert.match(await readFile(join(copy, 'lib', 'part', 'src', 'a.js'), 'utf8'), /a = 1/);
  await rm(join(dir, 'lib', 'part'), { recursive: true });
  const bare_copy = join(scratch, 'whole-copy-2');
  await checkout(dir, facts.commit, bare_copy);
  assert.deepEqual(await checkoutSubmodules(dir, bare_copy, facts.submodules), ['lib/part']);
});

test('an exit code is an error that says where', async () => {
  await assert.rejects(git(['rev-parse', 'nothing-here'], { cwd: scratch }), { code: 'internal', message: /rev-parse failed/ });
});
