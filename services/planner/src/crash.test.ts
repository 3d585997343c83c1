import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import assert from 'node:assert/strict';
import { type Bus, connectBus } from '@codeoptima/bus';
import { RunService, WorkService } from '@codeoptima/contracts';
import { checkHealth, createClient } from '@codeoptima/rpc';
import { openStore, type Store } from '@codeoptima/store';
import { eventually, startNats, startPostgres, type TestNats, type TestPostgres } from '@codeoptima/testkit';
import { checkLog, fold, loadWorkflow, projectionOf } from '@codeoptima/workflow';
import { request } from '@codeoptima/workflow/testing';
import { startFakeFleet } from './testing/fake-fleet.ts';

const table = loadWorkflow('optimize');
let dir = '';
let address = '';
let postgres: TestPostgres;
let nats: TestNats;
let store: Store;
let bus: Bus;

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'planner-crash-'));
  address = `unix:${join(dir, 's', 'planner.sock')}`;
  [postgres, nats] = await Promise.all([startPostgres(), startNats()]);
  store = await openStore({ url: postgres.url, connections: 4 });
  bus = await connectBus({ url: nats.url, name: 'test' });
});
after(async () => {
  await bus.close();
  await store.close();
  await Promise.all([postgres.stop(), nats.stop()]);
  rmSync(dir, { recursive: true, force: true });
});

/** The real process, with a fault that kills it from within. */
function startPlanner(fault = '', more: Record<string, string> = {}): ChildProcess {
  const env = {
    ...process.env,
    CODEOPTIMA_DATA_DIR: dir,
    CODEOPTIMA_NATS_URL: nats.url,
    CODEOPTIMA_POSTGRES_URL: postgres.url,
    CODEOPTIMA_POSTGRES_CONNECTIONS: '4',
    CODEOPTIMA_PLANNER_ADDRESS: address,
    CODEOPTIMA_LOG_LEVEL: process.env['TEST_LOG'] ?? 'error',
    CODEOPTIMA_FAULT: fault,
    ...more,
  };
  return spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], { env, stdio: ['ignore', 'inherit', 'inherit'] });
}

/** Keeps a planner running: after a crash the next one has no fault left, unless `always` gives it one. */
function supervise(fault: string): { crashes: () => number; stop: () => Promise<void> } {
  const stopping = new AbortController();
  let crashes = 0;
  let child: ChildProcess;
  const watch = async (): Promise<void> => {
    for (let life = 0; !stopping.signal.aborted; life += 1) {
      child = startPlanner(life === 0 ? fault : '');
      const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
      if (signal === 'SIGKILL' && !stopping.signal.aborted) crashes += 1;
    }
  };
  const watching = watch();
  return {
    crashes: () => crashes,
    stop: async () => {
      stopping.abort();
      child.kill('SIGTERM');
      await watching;
    },
  };
}

/** A watchdog without patience: a lease that it sees twice has a holder that never heard of it. */
async function expireForgotten(signal: AbortSignal): Promise<void> {
  const work = createClient(WorkService, { address });
  let seen = new Set<string>();
  while (!signal.aborted) {
    const leases = await work.listLeases({}).then(
      (answer) => answer.leases,
      () => [],
    );
    const keys = leases.map(({ itemId, epoch }) => `${itemId} ${epoch}`);
    for (const [index, { itemId, epoch }] of leases.entries()) {
      if (seen.has(keys[index] ?? ''))
        await work.expireLease({ itemId, epoch, verdict: 'stale', reason: 'no beat' }).catch(() => undefined);
    }
    seen = new Set(keys);
    await sleep(2_000);
  }
  work.close();
}

async function isSound(runId: string): Promise<void> {
  const log = await store.events.read(runId);
  assert.deepEqual(checkLog(table, log), []);
  const { created_at: _c, updated_at: _u, ...row } = await store.runs.find(runId);
  assert.deepEqual(
    row,
    projectionOf(
      table,
      fold(
        table,
        log.map(({ event }) => event),
      ),
    ),
  );
  const items = log.flatMap(({ event }) => (event.type === 'TaskCompleted' ? [event.item_id] : []));
  assert.equal(new Set(items).size, items.length, 'no item took effect twice');
  await eventually(async () => assert.equal((await store.outbox.lag()).rows, 0));
}

// The pass of a point at which the process dies: early in the run, and later.
const FAULTS = [
  'planner.before_commit:2',
  'planner.before_commit:6',
  'planner.after_commit:1',
  'planner.after_commit:2',
  'planner.after_commit:5',
  'planner.before_publish:2',
  'planner.after_publish:3',
  'planner.after_claim:1',
  'planner.after_claim:3',
  'planner.before_reply:2',
];

for (const fault of FAULTS) {
  test(`killed at ${fault}, the run still ends once, in the right state, with nothing done twice`, async () => {
    const planner = supervise(fault);
    const watchdog = new AbortController();
    const fleet = startFakeFleet(address, { bus });
    const runs = createClient(RunService, { address, timeout_ms: 5_000 });
    const expiring = expireForgotten(watchdog.signal);
    try {
      const submission = {
        idempotencyKey: fault,
        workflow: 'optimize',
        requestJson: JSON.stringify({ ...request(), repository: `/srv/${fault}` }),
      };
      const { run } = await eventually(() => runs.submitRun(submission));
      const runId = run?.runId ?? '';
      await eventually(async () => assert.equal((await runs.getRun({ runId })).run?.state, 'awaiting_signoff'), 120_000);
      await eventually(() => runs.approveRun({ runId, actor: 'ada', merge: false }));
      assert.equal((await runs.getRun({ runId })).run?.state, 'succeeded');
      await isSound(runId);
      assert.equal(planner.crashes(), 1, 'the fault was reached');
    } finally {
      watchdog.abort();
      runs.close();
      await Promise.all([fleet.stop(), expiring]);
      await planner.stop();
    }
  });
}

test('the process says that it is ready, and ends in order on SIGTERM with exit code 0', async () => {
  const child = startPlanner();
  await eventually(async () => assert.equal(await checkHealth(address), true));
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('started while nats-server is away it serves and decides, says that it is not ready, and wakes the workers when the server comes', async () => {
  const probes = join(dir, 's', 'planner.http.sock');
  const failing = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const asked = get({ socketPath: probes, path: '/readyz' }, (response) => void text(response).then(resolve, reject));
      asked.on('error', reject);
    });
  await nats.kill();
  const child = startPlanner('', { CODEOPTIMA_METRICS_ADDRESS: `unix:${probes}` });
  const runs = createClient(RunService, { address, timeout_ms: 5_000 });
  const submit = async (key: string): Promise<string> => {
    const requestJson = JSON.stringify({ ...request(), repository: `/srv/${key}` });
    const { run } = await eventually(() => runs.submitRun({ idempotencyKey: key, workflow: 'optimize', requestJson }));
    return run?.runId ?? '';
  };
  const [kept, dropped] = [await submit('kept'), await submit('dropped')];
  await runs.cancelRun({ runId: dropped, actor: 'ada', reason: 'no longer needed' });
  assert.equal((await runs.getRun({ runId: dropped })).run?.state, 'cancelled');
  await eventually(async () => assert.equal((await runs.getRun({ runId: kept })).run?.state, 'baseline'));
  assert.deepEqual(JSON.parse(await failing()), { ready: false, failing: ['nats'] });

  await nats.restart();
  const fleet = startFakeFleet(address, { bus });
  try {
    await eventually(async () => assert.deepEqual(JSON.parse(await failing()), { ready: true, failing: [] }));
    await eventually(async () => assert.equal((await runs.getRun({ runId: kept })).run?.state, 'awaiting_signoff'), 120_000);
    await isSound(kept);
    await isSound(dropped);
  } finally {
    runs.close();
    await fleet.stop();
    child.kill('SIGTERM');
  }
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});
