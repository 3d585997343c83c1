import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { TestRepository } from '@codeoptima/testkit';
import { CommandLine, type Ended, outputOf, type Running } from '../support/command-line.ts';
import { processesOf } from '../support/leftovers.ts';
import { proposals, Repositories, SLOW_TEST_FILE, slowPackage, stateOf } from '../support/repositories.ts';

const repositories = new Repositories();
const cli = new CommandLine();
after(async () => {
  await cli.remove();
  repositories.remove();
});

/** Ctrl-C as a terminal sends it: to everyone of the foreground group, npm and shells included. */
const interrupt = ({ child }: Running): void => void process.kill(-(child.pid ?? 0), 'SIGINT');

/** Starts on a repository and interrupts once it has said something; everything must be as before afterwards. */
async function interruptedAt(said: RegExp, repository: TestRepository): Promise<Ended> {
  const before = stateOf(repository);
  const running = cli.npmStart([repository.dir, '--json']);
  await running.said(said);
  interrupt(running);
  const ended = await running.ended;
  // npm ends by the signal itself, once the command has ended.
  assert.ok(ended.code === 13 || ended.signal === 'SIGINT', `${ended.code} ${ended.signal}\n${ended.stderr}`);
  assert.doesNotMatch(ended.stderr, /\n\s+at /, 'no stack trace');
  assert.deepEqual([stateOf(repository), proposals(repository)], [before, []]);
  assert.deepEqual(processesOf(cli.folder), [], 'nothing works on');
  const work = join(cli.data_dir, 'work');
  assert.deepEqual(existsSync(work) ? readdirSync(work) : [], [], 'nothing lies about');
  return ended;
}

const cancelledAt = async (said: RegExp): Promise<void> => {
  const ended = await interruptedAt(said, repositories.create(slowPackage(SLOW_TEST_FILE)));
  assert.equal(outputOf(ended).state, 'cancelled', ended.stderr);
  assert.match(ended.stderr, /Cancelling the run/);
  assert.match(ended.stderr, /ended as cancelled: cancelled from the command line/);
};

describe('Ctrl-C', () => {
  it('while the fleet starts submits nothing, and says so', async () => {
    const ended = await interruptedAt(/waiting for/, repositories.create(slowPackage()));
    assert.match(ended.stderr, /Interrupted; this waits a moment/);
    assert.match(ended.stderr, /^codeoptima: .*the start was interrupted/m);
    assert.doesNotMatch(ended.stderr, /run [0-9a-f]{16} of/);
    assert.equal((JSON.parse(ended.stdout.trimEnd().split('\n').at(-1) ?? '') as { error: { code: string } }).error.code, 'cancelled');
  });

  it('during the baseline cancels the run', () => cancelledAt(/stage: .*baseline/));

  it('while a candidate is judged cancels the run', () => cancelledAt(/stage: verifying/));
});
