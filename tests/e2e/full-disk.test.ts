import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, after, test } from 'node:test';
import { eventually } from '@codeoptima/testkit';
import { CommandLine, outputOf } from '../support/command-line.ts';
import { processesOf } from '../support/leftovers.ts';
import { idlePackage, proposals, Repositories, stateOf } from '../support/repositories.ts';
import { assertSound } from '../support/soundness.ts';

const repositories = new Repositories();
let cli: CommandLine;

/** Puts the data directory on a small file system of its own; says why not where that is not allowed. */
function mountSmall(size: string): string | null {
  cli = new CommandLine();
  mkdirSync(cli.data_dir, { mode: 0o700 });
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', cli.data_dir], {
    encoding: 'utf8',
  });
  return status === 0 ? null : `a small file system cannot be mounted here: ${(stderr || 'no mount command').trim()}`;
}

afterEach(async () => {
  await cli.run(['down']);
  spawnSync('umount', ['--lazy', cli.data_dir]);
  await cli.remove();
});
after(() => repositories.remove());

test('a disk that is too small for a start is told in one sentence, and nothing stays running', async (t) => {
  const obstacle = mountSmall('8m');
  if (obstacle !== null) return t.skip(obstacle);
  const { dir } = repositories.create(idlePackage());
  const { code, stderr } = await cli.run(['run', dir]);
  assert.equal(code, 1, stderr);
  assert.match(stderr, /^codeoptima: [^\n]*(disk|space)[^\n]*\.$/im);
  assert.doesNotMatch(stderr, /\n\s+at /);
  await eventually(() => assert.deepEqual(processesOf(cli.folder), []));
});

test('a disk that gets full in the middle of a run loses nothing', async (t) => {
  const obstacle = mountSmall('400m');
  if (obstacle !== null) return t.skip(obstacle);
  await cli.json(['up']);
  const filler = join(cli.data_dir, 'filler');
  const { bavail, bsize } = statfsSync(cli.data_dir);
  writeFileSync(filler, Buffer.alloc(bavail * bsize - 6_000_000));
  // The checkout and its copies do not fit any more.
  const repository = repositories.create(idlePackage({ 'ballast.bin': 'x'.repeat(5_000_000) }));
  const before = stateOf(repository);
  const full = await cli.run(['run', repository.dir, '--json']);
  const failed = outputOf(full);
  assert.deepEqual([failed.state, full.code], ['failed', 1], full.stderr);
  assert.match(failed.reason, /disk .*full/);
  assert.deepEqual(readdirSync(join(cli.data_dir, 'work')), []);
  rmSync(filler);
  await cli.json(['up']);
  await assertSound(cli.data_dir, failed.run_id, 'failed');
  const again = await cli.run(['run', repository.dir, '--json']);
  assert.deepEqual([outputOf(again).state, again.code], ['no_gain', 10], again.stderr);
  assert.deepEqual([stateOf(repository), proposals(repository)], [before, []]);
  assert.equal(execFileSync('git', ['fsck', '--no-dangling'], { cwd: repository.dir, encoding: 'utf8' }).trim(), '');
});
