import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, after, test, type TestContext } from 'node:test';
import { eventually } from '@codeoptima/testkit';
import { CommandLine, outputOf } from '../support/command-line.ts';
import { processesOf } from '../support/leftovers.ts';
import { idlePackage, proposals, Repositories, stateOf } from '../support/repositories.ts';
import { assertSound } from '../support/soundness.ts';

const repositories = new Repositories();
let mounted: CommandLine | null = null;

/** A command whose data directory lies on a small file system of its own; skips the test where none can be mounted. */
function onSmallDisk(t: TestContext, size: string): CommandLine | null {
  // A plain name: then temporary files lie on that disk as well.
  const cli = new CommandLine({ name: 'data' });
  mounted = cli;
  mkdirSync(cli.data_dir, { mode: 0o700 });
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', cli.data_dir], {
    encoding: 'utf8',
  });
  if (status === 0) return cli;
  t.skip(`a small file system cannot be mounted here: ${(stderr || 'no mount command').trim()}`);
  return null;
}

afterEach(async () => {
  if (mounted === null) return;
  await mounted.run(['down']);
  spawnSync('umount', ['--lazy', mounted.data_dir]);
  await mounted.remove();
  mounted = null;
});
after(() => repositories.remove());

test('a disk that is too small for a start is told in one sentence, and nothing stays running', async (t) => {
  const cli = onSmallDisk(t, '8m');
  if (cli === null) return;
  const { dir } = repositories.create(idlePackage());
  const { code, stderr } = await cli.run(['run', dir]);
  assert.equal(code, 1, stderr);
  assert.match(stderr, /^codeoptima: [^\n]*(disk|space)[^\n]*\.$/im);
  assert.doesNotMatch(stderr, /\n\s+at /);
  await eventually(() => assert.deepEqual(processesOf(cli.folder), []));
});

test('a disk that gets full in the middle of a run loses nothing', async (t) => {
  const cli = onSmallDisk(t, '400m');
  if (cli === null) return;
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
