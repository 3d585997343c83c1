import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CodeOptimaError, WorkService } from '@codeoptima/contracts';
import { createClient } from '@codeoptima/rpc';
import { eventually } from '@codeoptima/testkit';
import { CommandLine, outputOf } from '../support/command-line.ts';
import { processesOf } from '../support/leftovers.ts';
import { metricOf, socketOf } from '../support/metrics.ts';
import { idlePackage, Repositories, SLOW_TEST_FILE } from '../support/repositories.ts';
import { assertSound, withStore } from '../support/soundness.ts';

const isLong = process.env['CODEOPTIMA_LONG'] === '1';
const SHORT = { CODEOPTIMA_BEAT_MS: '500', CODEOPTIMA_STALE_MS: '8000', CODEOPTIMA_SWEEP_MS: '500', CODEOPTIMA_OBEY_MS: '1000' };
// As on several machines, where the watchdog can take a lease back but not reach the process: so the paused one does come back.
const cli = new CommandLine({ env: { CODEOPTIMA_WATCHDOG_KILL: 'off', ...(isLong ? {} : SHORT) } });
const repositories = new Repositories();

before(() => cli.json(['up']));
after(async () => {
  await cli.remove();
  repositories.remove();
});

test(`a worker that was paused for ${isLong ? '90 s' : 'longer than its term'} and comes back changes nothing, and its write is refused and counted`, async () => {
  const repository = repositories.create(idlePackage(SLOW_TEST_FILE));
  const fleet = cli.processes();
  const running = cli.start(['run', repository.dir, '--json']);
  await eventually(() => assert.ok(processesOf(cli.data_dir, Object.values(fleet)).some((line) => line.includes('--test'))));
  const [lease] = await withStore(cli.data_dir, (store) => store.items.leases());
  assert.ok(lease, 'the builder holds its item');
  process.kill(fleet['builder'] ?? 0, 'SIGSTOP');
  if (isLong) await sleep(90_000);
  // Taken back: the item has a later epoch, though nobody holds it yet.
  await eventually(async () => {
    const item = await withStore(cli.data_dir, (store) => store.items.find(lease.item_id));
    assert.ok(item && item.epoch > lease.epoch, JSON.stringify(item));
  });
  const refused = await metricOf(cli.data_dir, 'planner', 'codeoptima_fenced_writes_total');
  // What the paused one would send if the cancel had not reached it: the answer of the attempt that is over.
  const planner = createClient(WorkService, { address: `unix:${socketOf(cli.data_dir, 'planner.sock')}` });
  const late = { itemId: lease.item_id, epoch: BigInt(lease.epoch), resultJson: '{}', usage: { costUsd: 99, ciMs: 99n } };
  await assert.rejects(planner.complete(late), (error) => error instanceof CodeOptimaError && error.code === 'stale_epoch');
  planner.close();
  assert.equal(await metricOf(cli.data_dir, 'planner', 'codeoptima_fenced_writes_total'), refused + 1);
  process.kill(fleet['builder'] ?? 0, 'SIGCONT');
  const ended = await running.ended;
  const output = outputOf(ended);
  assert.deepEqual([output.state, output.cost.usd], ['no_gain', 0], `${output.reason}\n${ended.stderr}`);
  await assertSound(cli.data_dir, output.run_id, 'no_gain');
  assert.equal(cli.processes()['builder'], fleet['builder'], 'the same process did the work at last');
});
