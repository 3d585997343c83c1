import { type ArtifactStore, openDirectoryStore } from '@codeoptima/artifacts';
import { type Bus, connectBus } from '@codeoptima/bus';
import { CodeOptimaError, RunService, RunSnapshot, WorkService } from '@codeoptima/contracts';
import { type Client, createClient, type RpcServer, serve } from '@codeoptima/rpc';
import { createLogger, createMetrics, type Metrics, systemClock, systemIds } from '@codeoptima/service-kit';
import { openStore, type Store } from '@codeoptima/store';
import { eventually, startNats, startPostgres, type TestNats, type TestPostgres } from '@codeoptima/testkit';
import { checkLog, fold, loadWorkflow, projectionOf } from '@codeoptima/workflow';
import { baselineReady, request } from '@codeoptima/workflow/testing';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { collectObjects } from './adapters/collect-objects.ts';
import { createPlanner, type Planner } from './adapters/planner.ts';
import { type FakeFleet, goodResult, startFakeFleet } from './testing/fake-fleet.ts';

const table = loadWorkflow('optimize');
const log = createLogger('planner', process.env['TEST_LOG'] ?? 'silent');
const given = { clock: systemClock, ids: systemIds, log, workflows: [table], keep_ms: 3_600_000 };
let dir = '';
let artifacts: ArtifactStore;
let postgres: TestPostgres;
let nats: TestNats;
let store: Store;
let bus: Bus;
let metrics: Metrics;
let planner: Planner;
let rpc: RpcServer;
let runs: Client<typeof RunService>;
let work: Client<typeof WorkService>;

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'planner-'));
  [postgres, nats] = await Promise.all([startPostgres(), startNats()]);
  store = await openStore({ url: postgres.url });
  bus = await connectBus({ url: nats.url, name: 'planner' });
  metrics = createMetrics('planner');
  artifacts = await openDirectoryStore(join(dir, 'objects'));
  planner = await createPlanner({ ...given, store, bus, metrics, artifacts });
  rpc = await serve({ address: `unix:${join(dir, 's', 'planner.sock')}`, services: planner.services });
  runs = createClient(RunService, { address: rpc.address, timeout_ms: 60_000 });
  work = createClient(WorkService, { address: rpc.address, timeout_ms: 60_000 });
});
after(async () => {
  runs?.close();
  work?.close();
  await rpc?.stop(100);
  await planner?.stop();
  await bus?.close();
  await store?.close();
  await Promise.all([postgres?.stop(), nats?.stop()]);
  rmSync(dir, { recursive: true, force: true });
});

const submit = async (config: Record<string, unknown> = {}, key = ''): Promise<string> => {
  const requestJson = JSON.stringify({ ...request(config), repository: `/srv/${systemIds.uuid()}` });
  return (await runs.submitRun({ idempotencyKey: key, workflow: 'optimize', requestJson })).run?.runId ?? '';
};
const stateOf = async (runId: string): Promise<string> => (await runs.getRun({ runId })).run?.state ?? '';
const reaches = (runId: string, state: string): Promise<void> => eventually(async () => assert.equal(await stateOf(runId), state));
const claimed = (runId: string, service: string): Promise<{ itemId: string; epoch: bigint; payloadJson: string }> =>
  eventually(async () => {
    const { item_id } = await openItem(runId);
    const { item } = await work.claim({ itemId: item_id, service, incarnation: 'worker-1' });
    assert.ok(item !== undefined);
    return item;
  });
const openItem = async (runId: string): Promise<{ item_id: string }> => {
  const item = fold(
    table,
    (await store.events.read(runId)).map(({ event }) => event),
  ).item;
  assert.ok(item !== null);
  return item;
};
const code =
  (wanted: string) =>
  (error: unknown): boolean =>
    error instanceof CodeOptimaError && error.code === wanted;
const withFleet = async (run: (fleet: FakeFleet) => Promise<void>): Promise<void> => {
  const fleet = startFakeFleet(rpc.address);
  try {
    await run(fleet);
  } finally {
    await fleet.stop();
  }
};
/** The fleet learns a moment after everyone else that its last item was taken. */
const completes = (fleet: FakeFleet, tasks: string[]): Promise<void> =>
  eventually(() =>
    assert.deepEqual(
      fleet.completed.map((entry) => entry.split(':')[0]),
      tasks,
    ),
  );
const soundLog = async (runId: string): Promise<void> => {
  const stored = await store.events.read(runId);
  assert.deepEqual(checkLog(table, stored), []);
  const { created_at: _c, updated_at: _u, ...row } = await store.runs.find(runId);
  assert.deepEqual(
    row,
    projectionOf(
      table,
      fold(
        table,
        stored.map(({ event }) => event),
      ),
    ),
  );
};

test('a run goes from submission to a signed end over gRPC, Postgres and NATS', async () => {
  const runId = await submit();
  const seen: string[] = [];
  const watching = (async () => {
    for await (const { event } of runs.watchRun({ runId, afterVersion: 0n })) seen.push(event?.type ?? '');
  })();
  await withFleet(async (fleet) => {
    await reaches(runId, 'awaiting_signoff');
    await runs.approveRun({ runId, actor: 'ada', merge: true });
    await reaches(runId, 'succeeded');
    await completes(fleet, ['baseline', 'hotspots', 'propose', 'verify', 'propose', 'review', 'merge']);
  });
  await watching;
  assert.equal(seen.at(0), 'RunSubmitted');
  assert.equal(seen.at(-1), 'RunEnded');
  const { events } = await runs.listEvents({ runId, afterVersion: 0n, limit: 0 });
  assert.deepEqual(
    seen.filter((type) => type !== 'progress'),
    events.map(({ type }) => type),
  );
  const { run } = await runs.getRun({ runId: runId.slice(0, 10) });
  const snapshot = RunSnapshot.parse(JSON.parse(run?.snapshotJson ?? ''));
  assert.deepEqual([snapshot.accepted.length, run?.ciMinutes, run?.endedAt !== undefined], [1, 7, true]);
  await soundLog(runId);
  await eventually(async () => assert.equal((await store.outbox.lag()).rows, 0));
  assert.match(await metrics.text(), /codeoptima_runs_total\{state="succeeded",service="planner"\} 1/);
});

test('a month without money for models ends the search before they are asked, and says so', async () => {
  const runId = await submit({ model_tier: 'standard', budget: { repo_month_usd: 0.05 } });
  await withFleet(async (fleet) => {
    await reaches(runId, 'budget_exhausted');
    await completes(fleet, ['baseline', 'review']);
  });
  const { reason } = await store.runs.find(runId);
  assert.equal(reason, 'less than the 0.1 USD that hotspots may cost is left of the 0.05 USD for this repository and month');
  await soundLog(runId);
});

test('a new item wakes its service, with the trace of the run', async () => {
  const source = bus.wakeUps('builder');
  while ((await source.next(1_000)) !== null);
  const runId = await submit();
  const waked = await eventually(async () => {
    const received = await source.next(2_000);
    assert.ok(received !== null);
    received.ack();
    assert.equal(received.wake_up.runId, runId);
    return received;
  });
  const { item } = await work.claim({ itemId: waked.wake_up.itemId, service: 'builder', incarnation: 'worker-1' });
  assert.equal(item?.attempt, 1);
  assert.match(item.traceparent, /^00-[0-9a-f]{32}-/);
  await runs.cancelRun({ runId, actor: 'ada', reason: 'enough' });
});

test('the same key answers with the same run, and another request under it is refused', async () => {
  const json = JSON.stringify(request());
  const one = await runs.submitRun({ idempotencyKey: 'key-1', workflow: '', requestJson: json });
  const two = await runs.submitRun({ idempotencyKey: 'key-1', workflow: '', requestJson: json });
  assert.deepEqual([one.created, two.created, two.run?.runId], [true, false, one.run?.runId]);
  const other = JSON.stringify(request({ target_pct: 9 }));
  await assert.rejects(runs.submitRun({ idempotencyKey: 'key-1', workflow: '', requestJson: other }), code('conflict'));
  await runs.cancelRun({ runId: one.run?.runId ?? '', actor: 'ada', reason: '' });
});

test('bad input is refused in a sentence', async () => {
  await assert.rejects(runs.submitRun({ workflow: 'optimise', requestJson: '{}' }), /there is no workflow 'optimise'; known: optimize/);
  await assert.rejects(runs.submitRun({ workflow: '', requestJson: '{' }), /request_json is not JSON/);
  await assert.rejects(runs.submitRun({ workflow: '', requestJson: '{"repository":""}' }), code('bad_input'));
  await assert.rejects(runs.getRun({ runId: 'zz' }), code('not_found'));
  await assert.rejects(work.claim({ service: '', itemId: '', incarnation: 'x' }), code('bad_input'));
  await assert.rejects(work.complete({ itemId: 'none', epoch: 1n, resultJson: '{}' }), code('not_found'));
});

test('a zombie whose lease expired is refused and counted; the successor counts', async () => {
  const runId = await submit();
  const first = await claimed(runId, 'builder');
  const before = await store.items.countFenced();
  const expired = await work.expireLease({ itemId: first.itemId, epoch: first.epoch, verdict: 'stale', reason: 'no beat for 60 s' });
  assert.deepEqual([expired.expired, expired.newEpoch], [true, first.epoch + 1n]);
  const again = await work.expireLease({ itemId: first.itemId, epoch: first.epoch, verdict: 'stale', reason: 'no beat for 60 s' });
  assert.equal(again.expired, false);
  const zombie = { itemId: first.itemId, epoch: first.epoch, resultJson: JSON.stringify(baselineReady) };
  await assert.rejects(work.complete(zombie), code('stale_epoch'));
  const second = await claimed(runId, 'builder');
  await assert.rejects(work.complete(zombie), code('stale_epoch'));
  await assert.rejects(work.fail({ ...zombie, code: 'internal', message: 'late', retryable: true }), code('stale_epoch'));
  await assert.rejects(work.release({ itemId: first.itemId, epoch: first.epoch }), code('stale_epoch'));
  assert.equal(await store.items.countFenced(), before + 4);
  assert.match(await metrics.text(), /codeoptima_fenced_writes_total\{operation="complete",service="planner"\} 2/);
  const right = { ...zombie, epoch: second.epoch };
  await work.complete(right);
  await work.complete(right);
  assert.equal(await store.items.countFenced(), before + 4, 'a repeated write of the holder is no zombie');
  assert.equal(await stateOf(runId), 'hotspots');
  await runs.cancelRun({ runId, actor: 'ada', reason: '' });
  await soundLog(runId);
});

test('the CI minutes of an attempt that was cut off are charged by the clock of the database, once', async () => {
  const minutes = async (runId: string): Promise<number> => (await runs.getRun({ runId })).run?.ciMinutes ?? 0;
  const runId = await submit();
  const began_ms = performance.now();
  const { itemId, epoch } = await claimed(runId, 'builder');
  await sleep(300);
  const verdict = { itemId, epoch, verdict: 'stale', reason: 'no beat for 60 s' };
  const answers = await Promise.all([work.expireLease(verdict), work.expireLease(verdict), work.expireLease(verdict)]);
  assert.equal(answers.filter(({ expired }) => expired).length, 1);
  const lost = await minutes(runId);
  assert.ok(lost * 60_000 >= 290 && lost * 60_000 <= performance.now() - began_ms + 10, String(lost));
  const zombie = { itemId, epoch, resultJson: JSON.stringify(baselineReady), usage: { costUsd: 0, ciMs: 60_000n } };
  await assert.rejects(work.complete(zombie), code('stale_epoch'));
  assert.equal(await minutes(runId), lost, 'what a zombie tells is not charged beside');

  await claimed(runId, 'builder');
  await sleep(300);
  await runs.cancelRun({ runId, actor: 'ada', reason: 'enough' });
  const total = await minutes(runId);
  assert.ok((total - lost) * 60_000 >= 290, String(total - lost));
  await runs.cancelRun({ runId, actor: 'ada', reason: 'enough' });
  assert.equal(await minutes(runId), total);
  await soundLog(runId);
});

test('a retryable failure comes back after its pause; failing for good ends the run', async () => {
  const runId = await submit();
  const { itemId, epoch } = await claimed(runId, 'builder');
  const failure = { itemId, epoch, code: 'internal', message: 'disk hiccup', retryable: true };
  assert.equal((await work.fail(failure)).willRetry, true);
  assert.equal((await work.fail(failure)).willRetry, true, 'its answer was lost and it came again');
  const again = await claimed(runId, 'builder');
  assert.equal((await work.fail({ ...failure, epoch: again.epoch })).willRetry, false);
  assert.equal(await stateOf(runId), 'failed');
  await soundLog(runId);
});

test('cancel tells the holder and ends the run; a second one is answered, an approval comes too late', async () => {
  const runId = await submit();
  const { itemId, epoch } = await claimed(runId, 'builder');
  const told = new Promise<bigint>((resolve) => bus.onCancel(itemId, (cancel) => resolve(cancel.epoch)));
  await bus.flush();
  assert.equal((await runs.cancelRun({ runId, actor: 'ada', reason: 'Ctrl-C' })).run?.state, 'cancelled');
  assert.equal(await told, epoch);
  assert.equal((await runs.cancelRun({ runId, actor: 'ada', reason: 'Ctrl-C' })).run?.reason, 'Ctrl-C');
  await assert.rejects(runs.approveRun({ runId, actor: 'bob', merge: false }), code('conflict'));
  await assert.rejects(work.complete({ itemId, epoch, resultJson: JSON.stringify(baselineReady) }), code('stale_epoch'));
});

test('an approval with a merge that comes after one without is told that nothing was merged', async () => {
  const runId = await submit();
  await withFleet(() => reaches(runId, 'awaiting_signoff'));
  await runs.approveRun({ runId, actor: 'ada', merge: false });
  await assert.rejects(runs.approveRun({ runId, actor: 'ada', merge: true }), /approved before without a merge/);
  assert.equal((await runs.approveRun({ runId, actor: 'ada', merge: false })).run?.state, 'succeeded');
});

test('text that a database cannot hold is refused in a request, and replaced in what a person says', async () => {
  await assert.rejects(submit({ ignore: ['a\0b'] }), code('bad_input'));
  await assert.rejects(runs.getRun({ runId: 'a\0' }), code('not_found'));
  const runId = await submit();
  const { run } = await runs.cancelRun({ runId, actor: 'a\0', reason: 'nul \0' });
  assert.deepEqual([run?.state, run?.reason], ['cancelled', 'nul \uFFFD']);
});

test('parallel decisions of people give exactly one', async () => {
  const runId = await submit();
  await withFleet(() => reaches(runId, 'awaiting_signoff'));
  const asked = [
    ...Array.from({ length: 4 }, () => runs.approveRun({ runId, actor: 'ada', merge: false })),
    runs.rejectRun({ runId, actor: 'bob', reason: 'no' }),
    runs.cancelRun({ runId, actor: 'eve', reason: 'stop' }),
  ];
  await Promise.allSettled(asked);
  const events = (await store.events.read(runId)).map(({ event }) => event);
  assert.equal(events.filter(({ type }) => type === 'SignalReceived').length, 1);
  assert.equal(events.filter(({ type }) => type === 'RunEnded').length, 1);
  await soundLog(runId);
});

test('no more runs than allowed are at work; the others wait, visibly, and follow', async () => {
  for (const row of await store.runs.list(100, true)) await runs.cancelRun({ runId: row.run_id, actor: 'test', reason: '' });
  const ids = [await submit(), await submit(), await submit()];
  const states = (): Promise<string[]> => Promise.all(ids.map(stateOf));
  await eventually(async () => assert.deepEqual(await states(), ['baseline', 'baseline', 'queued']));
  assert.equal((await runs.listRuns({ activeOnly: true, limit: 10 })).runs.length, 3);
  await runs.cancelRun({ runId: ids[0] ?? '', actor: 'ada', reason: '' });
  await eventually(async () => assert.deepEqual(await states(), ['cancelled', 'baseline', 'baseline']));
  for (const runId of ids.slice(1)) await runs.cancelRun({ runId, actor: 'ada', reason: '' });
});

test('a timer ends a run that is over its time', async () => {
  const runId = await submit();
  await reaches(runId, 'baseline');
  const timer = fold(
    table,
    (await store.events.read(runId)).map(({ event }) => event),
  ).timers['wall_clock'];
  await planner.decider.command(runId, { type: 'fire_timer', name: 'wall_clock', generation: timer?.generation ?? 0 });
  assert.equal(await stateOf(runId), 'timed_out');
  await soundLog(runId);
});

test('objects that no living or recent run speaks of are removed once they are old', async () => {
  const [prepared, orphan, young] = [await artifacts.put('prepared'), await artifacts.put('orphan'), await artifacts.put('young')];
  const long_ago = new Date('2020-01-01');
  for (const ref of [prepared, orphan]) utimesSync(join(dir, 'objects', ref.slice(7, 9), ref.slice(7)), long_ago, long_ago);
  const left = async (keep_ms: number): Promise<boolean[]> => {
    await collectObjects({ store, artifacts, clock: systemClock, log, keep_ms });
    return Promise.all([prepared, orphan, young].map((ref) => artifacts.has(ref)));
  };
  const runId = await submit();
  const { itemId, epoch } = await claimed(runId, 'builder');
  await work.complete({ itemId, epoch, resultJson: JSON.stringify({ ...baselineReady, prepared }) });
  assert.deepEqual(await left(0), [true, false, true], 'a run that lives holds its own');
  await runs.cancelRun({ runId, reason: '', actor: 'ada' });
  assert.deepEqual(await left(3_600_000), [true, false, true], 'and one that has ended a moment ago');
  assert.deepEqual(await left(0), [false, false, true]);
});

test('live progress is forwarded to watchers and never stored', async () => {
  const runId = await submit();
  const { itemId, epoch } = await claimed(runId, 'builder');
  const details: string[] = [];
  const watching = (async () => {
    for await (const { event } of runs.watchRun({ runId, afterVersion: 1n })) {
      if (event?.type === 'progress') details.push((JSON.parse(event.dataJson) as { detail: string }).detail);
      if (details.length > 0) break;
    }
  })();
  await eventually(() => {
    bus.sendProgress({ runId, itemId, epoch, task: 'baseline', detail: 'npm ci', fraction: 0.2 });
    assert.equal(details[0], 'npm ci');
  });
  await watching;
  assert.equal(
    (await store.events.read(runId)).some(({ event }) => (event.type as string) === 'progress'),
    false,
  );
  await runs.cancelRun({ runId, actor: 'ada', reason: '' });
});

test('a killed nats-server and a wiped store lose no work', async () => {
  const runId = await submit();
  await reaches(runId, 'baseline');
  await nats.kill();
  const { itemId, epoch } = await claimed(runId, 'builder');
  await work.complete({ itemId, epoch, resultJson: JSON.stringify(baselineReady) });
  await nats.restart();
  await nats.wipe();
  const received = await eventually(async () => {
    const next = await bus.wakeUps('analyzer').next(1_000);
    assert.ok(next !== null);
    return next;
  });
  assert.equal(received.wake_up.runId, runId);
  await eventually(async () => assert.equal((await store.outbox.lag()).rows, 0));
  await runs.cancelRun({ runId, actor: 'ada', reason: '' });
});

test('two planners on one store share the work, and a watcher of one sees what the other decides', async () => {
  const other_store = await openStore({ url: postgres.url, connections: 4 });
  const other = await createPlanner({ ...given, store: other_store, bus, metrics: createMetrics('planner'), artifacts });
  const other_rpc = await serve({ address: `unix:${join(dir, 's', 'other.sock')}`, services: other.services });
  const fleets = [startFakeFleet(rpc.address), startFakeFleet(other_rpc.address)];
  const through_other = createClient(RunService, { address: other_rpc.address, timeout_ms: 60_000 });
  try {
    const runId = await submit();
    const seen: bigint[] = [];
    const watching = (async () => {
      for await (const { event } of runs.watchRun({ runId })) if (event !== undefined && event.version > 0n) seen.push(event.version);
    })();
    await eventually(async () => assert.equal((await through_other.getRun({ runId })).run?.state, 'awaiting_signoff'));
    await through_other.approveRun({ runId, actor: 'ada', merge: true });
    await reaches(runId, 'succeeded');
    await watching;
    assert.deepEqual(
      seen,
      seen.map((_, index) => BigInt(index + 1)),
    );
    await soundLog(runId);
  } finally {
    await Promise.all(fleets.map((fleet) => fleet.stop()));
    through_other.close();
    await other_rpc.stop(100);
    await other.stop();
    await other_store.close();
  }
});

test('Postgres killed under running calls: the planner heals and the run ends once', async () => {
  let killed: Promise<void> | undefined;
  const fleet = startFakeFleet(rpc.address, {
    result: (item) => {
      if (item.task === 'propose') killed ??= postgres.kill().then(() => postgres.restart());
      return goodResult(item);
    },
  });
  try {
    const runId = await submit();
    await reaches(runId, 'awaiting_signoff');
    await killed;
    assert.ok(killed !== undefined);
    await eventually(() => runs.rejectRun({ runId, actor: 'ada', reason: 'not now' }));
    assert.equal(await stateOf(runId), 'rejected');
    await soundLog(runId);
  } finally {
    await fleet.stop();
  }
});
