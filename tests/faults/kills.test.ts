import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { eventually } from '@codeoptima/testkit';
import { CommandLine, outputOf } from '../support/command-line.ts';
import { processesOf, temporaryFilesOf } from '../support/leftovers.ts';
import { metricOf } from '../support/metrics.ts';
import { idlePackage, proposals, Repositories, SLOW_TEST_FILE, stateOf } from '../support/repositories.ts';
import { assertSound } from '../support/soundness.ts';

// The watchdog judges within seconds here; paused.test.ts has the real terms behind CODEOPTIMA_LONG=1.
const WATCHDOG = { CODEOPTIMA_BEAT_MS: '500', CODEOPTIMA_STALE_MS: '8000', CODEOPTIMA_SWEEP_MS: '500', CODEOPTIMA_OBEY_MS: '1000' };
const cli = new CommandLine({ env: WATCHDOG });
const repositories = new Repositories();

before(() => cli.json(['up']));
after(async () => {
  await cli.remove();
  repositories.remove();
});

const HANGING_TEST_FILE = {
  'hanging.test.js': "import { test } from 'node:test';\ntest('hangs', () => new Promise((resolve) => setTimeout(resolve, 300_000)));\n",
};

type Fleet = Record<string, number>;

/** Waits until the builder is in the middle of its task: the repository's tests run in the sandbox. */
const testsRun = (fleet: Fleet): Promise<void> =>
  eventually(() => assert.ok(processesOf(cli.data_dir, Object.values(fleet)).some((line) => line.includes('--test'))));

const kill = (fleet: Fleet, name: string): void => {
  const pid = fleet[name];
  assert.ok(pid, `${name} runs`);
  process.kill(pid, 'SIGKILL');
};

/** One run with a fault in its middle; it must end as it would have without. */
async function survives(strike: (fleet: Fleet) => void): Promise<void> {
  const repository = repositories.create(idlePackage(SLOW_TEST_FILE));
  const before = stateOf(repository);
  const fleet = cli.processes();
  const running = cli.start(['run', repository.dir, '--json']);
  await testsRun(fleet);
  strike(fleet);
  const ended = await running.ended;
  const output = outputOf(ended);
  assert.deepEqual([output.state, ended.code], ['no_gain', 10], `${output.reason}\n${ended.stderr}`);
  assert.deepEqual([stateOf(repository), proposals(repository)], [before, []]);
  await assertSound(cli.data_dir, output.run_id, 'no_gain');
  await eventually(() => {
    const now = cli.processes();
    assert.deepEqual(Object.keys(now), Object.keys(fleet), 'the fleet is whole again');
    assert.deepEqual(processesOf(cli.data_dir, Object.values(now)), []);
    assert.deepEqual([readdirSync(join(cli.data_dir, 'work')), temporaryFilesOf(cli)], [[], []]);
  });
}

describe('in the middle of a run', () => {
  for (const name of ['planner', 'builder', 'nats', 'postgres'])
    it(`kill -9 of ${name} changes nothing about its end`, () => survives((fleet) => kill(fleet, name)));

  it('a store of NATS that is wiped is rebuilt', async () => {
    await survives((fleet) => {
      kill(fleet, 'nats');
      rmSync(join(cli.data_dir, 'nats', 'store'), { recursive: true, maxRetries: 5 });
    });
  });

  it('a worker that is paused is found, killed and replaced', async () => {
    let paused = 0;
    await survives((fleet) => {
      paused = fleet['builder'] ?? 0;
      process.kill(paused, 'SIGSTOP');
    });
    assert.notEqual(cli.processes()['builder'], paused);
    assert.throws(() => process.kill(paused, 0), { code: 'ESRCH' });
    assert.ok((await metricOf(cli.data_dir, 'watchdog', 'codeoptima_watchdog_verdicts_total')) >= 1);
  });

  // The last one: a server that died this often is given time before it is started again.
  it('a cancel while nats is away ends the run and its work, before nats is back, though the planner was killed too', async () => {
    const repository = repositories.create(idlePackage(HANGING_TEST_FILE));
    const before = stateOf(repository);
    const fleet = cli.processes();
    const running = cli.start(['run', repository.dir, '--json']);
    await testsRun(fleet);
    // The supervisor starts it again and again; it never lives long enough to carry a message.
    const keepAway = setInterval(() => {
      try {
        kill(cli.processes(), 'nats');
      } catch {
        // It is dead already.
      }
    }, 20);
    try {
      for (const name of ['planner', 'watchdog']) kill(fleet, name);
      const cancelled = await cli.run(['cancel', '', '--json']);
      assert.deepEqual([outputOf(cancelled).state, cancelled.code], ['cancelled', 13], cancelled.stderr);
      const ended = await running.ended;
      assert.deepEqual([outputOf(ended).state, ended.code], ['cancelled', 13], ended.stderr);
      await eventually(() => {
        assert.deepEqual(processesOf(cli.data_dir, Object.values(cli.processes())), [], 'nothing works on');
        assert.deepEqual(readdirSync(join(cli.data_dir, 'work')), []);
      });
    } finally {
      clearInterval(keepAway);
    }
    assert.deepEqual([stateOf(repository), proposals(repository)], [before, []]);
  });
});
