import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { CommandLine } from '../support/command-line.ts';
import { idlePackage, Repositories } from '../support/repositories.ts';

const cli = new CommandLine();
const repositories = new Repositories();
after(async () => {
  await cli.remove();
  repositories.remove();
});

/** Refused before anything is started or written, in one sentence, with exit code 2. */
async function assertRefused(path: string, sentence: RegExp): Promise<void> {
  const { code, stdout, stderr } = await cli.run(['run', path]);
  assert.equal(code, 2, stderr);
  assert.match(stderr, sentence);
  assert.match(stderr, /^codeoptima: [^\n]+\.\n$/, 'one sentence');
  assert.equal(stdout, '');
  assert.equal(existsSync(cli.data_dir), false, 'nothing was started');
}

describe('refused before anything starts:', { concurrency: 2 }, () => {
  it('a folder that is no git repository', async () => {
    const folder = join(cli.folder, 'plain folder');
    mkdirSync(folder);
    await assertRefused(folder, /plain folder is not a git repository: run "git init"/);
  });

  it('a path that does not exist', () => assertRefused(join(cli.folder, 'nowhere'), /nowhere does not exist/));

  it('an empty repository', async () => {
    const { dir, git } = repositories.create({});
    rmSync(join(dir, '.git'), { recursive: true });
    git('init', '--quiet');
    await assertRefused(dir, /is an empty repository: commit the code first/);
  });

  it('a repository without package.json', () =>
    assertRefused(repositories.create({ 'README.md': 'x' }).dir, /has no package\.json in the root of commit/));

  it('a package.json that is broken JSON', () =>
    assertRefused(repositories.create({ 'package.json': '{\n  "name": "x",\n}\n' }).dir, /package\.json:3 is not valid JSON/));

  it('a codeoptima.toml with a wrong type', () =>
    assertRefused(
      repositories.create(idlePackage({ 'codeoptima.toml': 'target_pct = 5\n[limits]\nmax_iterations = "three"\n' })).dir,
      /codeoptima\.toml:3.*max_iterations must be a whole number from 1 to 50/,
    ));

  it('a codeoptima.toml with an unknown key, with the nearest right one', () =>
    assertRefused(repositories.create(idlePackage({ 'codeoptima.toml': 'target_pt = 5\n' })).dir, /target_pt.*target_pct/));

  it('a ref that does not exist', async () => {
    const { dir } = repositories.create(idlePackage());
    const { code, stderr } = await cli.run(['run', dir, '--ref', 'no-such-branch']);
    assert.deepEqual([code, /has no commit, branch or tag called "no-such-branch"/.test(stderr)], [2, true], stderr);
  });
});
