import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import { sendSignal } from '@codeoptima/embedded';
import { eventually, type TestRepository } from '@codeoptima/testkit';
import { CommandLine, outputOf } from '../support/command-line.ts';
import { processesOf } from '../support/leftovers.ts';
import { idlePackage, proposals, Repositories, SLOW_TEST_FILE, stateOf } from '../support/repositories.ts';

const repositories = new Repositories();
let cli: CommandLine;
beforeEach(() => {
  cli = new CommandLine();
});
afterEach(() => cli.remove());
after(() => repositories.remove());

/** The fleet that a command started for itself has ended with it. */
const assertDown = (): void => assert.deepEqual(processesOf(cli.folder), []);

const assertUntouched = (repository: TestRepository, before: object): void =>
  assert.deepEqual([stateOf(repository), proposals(repository)], [before, []]);

describe('without a fleet that was brought up', () => {
  it('two starts at once on one data directory share one run and one fleet', async () => {
    const repository = repositories.create(idlePackage(SLOW_TEST_FILE));
    const before = stateOf(repository);
    const both = await Promise.all([cli.run(['run', repository.dir, '--json']), cli.run(['run', repository.dir, '--json'])]);
    const outputs = both.map(outputOf);
    assert.deepEqual(
      both.map(({ code }) => code),
      [10, 10],
      both.map(({ stderr }) => stderr).join('\n'),
    );
    assert.equal(outputs[0]?.run_id, outputs[1]?.run_id);
    assertUntouched(repository, before);
    assertDown();
  });

  it('SIGTERM to everything in the middle: the same command takes the run up again', async () => {
    const repository = repositories.create(idlePackage(SLOW_TEST_FILE));
    const before = stateOf(repository);
    const first = cli.start(['run', repository.dir, '--json']);
    await first.said(/run [0-9a-f]+ of /);
    const fleet = cli.processes();
    // The tests of the repository run: some process sees the data directory that belongs to nobody of the fleet.
    await eventually(() => assert.ok(processesOf(cli.data_dir, Object.values(fleet)).some((line) => line.includes('--test'))));
    // The first ones that hear it may end others before their turn.
    for (const pid of [first.child.pid ?? 0, ...Object.values(fleet)]) sendSignal(pid, 'SIGTERM');
    const stopped = await first.ended;
    assert.equal(stopped.code, 143, stopped.stderr);
    const [, run_id = ''] = /Interrupted. Run ([0-9a-f]+) is kept; the same command takes it up again/.exec(stopped.stderr) ?? [];
    await eventually(assertDown);
    const ended = await cli.run(['run', repository.dir, '--json']);
    assert.match(ended.stderr, new RegExp(`taking up run ${run_id}`));
    assert.deepEqual([outputOf(ended).run_id, outputOf(ended).state, ended.code], [run_id, 'no_gain', 10], ended.stderr);
    // Nobody waited a term of silence for workers that are known to have ended.
    const watchdog = readFileSync(join(cli.data_dir, 'logs', 'watchdog.log'), 'utf8');
    assert.doesNotMatch(watchdog, /sent no beat/);
    assertUntouched(repository, before);
    assertDown();
  });
});
