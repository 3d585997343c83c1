import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bus, connectBus } from '@codeoptima/bus';
import type { Cancel } from '@codeoptima/contracts';
import { noteHolder, notedHolder } from '@codeoptima/embedded/holders';
import { type TestItem, type TestNats, type TestPlanner, eventually, startNats, startPlanner } from '@codeoptima/testkit';

// Real nats-server, real gRPC, the real watchdog and real holders in processes of their own; only the terms are short.
const STALE_MS = 1_500;
let folder = '';
let nats: TestNats;
let planner: TestPlanner;
let bus: Bus;
const running = new Set<ChildProcess>();
const cancels: Cancel[] = [];
let count = 0;

type Logged = ChildProcess & { log: () => string };

const launch = (args: string[], env: Record<string, string> = {}): Logged => {
  const child = spawn(process.execPath, args, {
    detached: true,
    env: {
      ...process.env,
      CODEOPTIMA_DATA_DIR: folder,
      CODEOPTIMA_NATS_URL: nats.url,
      CODEOPTIMA_PLANNER_ADDRESS: planner.address,
      CODEOPTIMA_STALE_MS: String(STALE_MS),
      CODEOPTIMA_SWEEP_MS: '150',
      CODEOPTIMA_PROGRESS_MS: '60000',
      CODEOPTIMA_PROGRESS_LIMITS: 'stuck=2500',
      CODEOPTIMA_OBEY_MS: '300',
      CODEOPTIMA_WATCHDOG_KILL: 'local',
      ...env,
    },
  });
  running.add(child);
  child.once('close', () => running.delete(child));
  let said = '';
  child.stdout.on('data', (chunk) => (said += String(chunk)));
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  return Object.assign(child, { log: () => said });
};

const watchdog = async (env: Record<string, string> = {}): Promise<Logged> => {
  const child = launch([join(import.meta.dirname, 'main.ts')], env);
  await eventually(() => assert.match(child.log(), /"msg":"the bus is connected"/));
  await eventually(() => assert.match(child.log(), /"msg":"ready"/));
  return child;
};

/** A holder of a lease: beats from its main thread, with a child in its process group. Its body sees `counter` and `items`. */
const holder = (items: TestItem[], body = ''): Logged => {
  const from = (module: string): string => JSON.stringify(import.meta.resolve(module));
  const list = JSON.stringify(items.map(({ item_id, service }) => ({ item_id, service })));
  const source = `
    import { spawn } from 'node:child_process';
    import { create, toBinary } from ${from('@bufbuild/protobuf')};
    import { connectBus } from ${from('@codeoptima/bus')};
    import { openConnection } from ${from('@codeoptima/bus/connection')};
    import { BeatSchema, subjectBeat } from ${from('@codeoptima/contracts')};
    const url = process.env.CODEOPTIMA_NATS_URL;
    const bus = await connectBus({ url, name: 'holder' });
    const connection = await openConnection(url, 'beats of holder');
    const child = spawn('sleep', ['600']);
    console.log('child=' + child.pid + ';');
    let items = ${list}; let counter = 0n;
    const incarnation = 'inc-' + process.pid;
    const beat = () => items.forEach(({ item_id, service }) => connection.publish(
      subjectBeat(service, incarnation),
      toBinary(BeatSchema, create(BeatSchema, { incarnation, service, itemId: item_id, runId: 'run', epoch: 1n, progressCounter: counter, pid: process.pid })),
    ));
    setInterval(beat, 100); beat();
    ${body}`;
  for (const item of items) Object.assign(item, { status: 'leased', epoch: 1n });
  return launch(['--input-type=module', '-e', source]);
};

const add = (service = 'builder'): TestItem =>
  planner.add({ item_id: `item-${(count += 1)}`, task: 'baseline', service, payload_json: '{}' });
const childOf = async (process: Logged): Promise<number> =>
  Number((await eventually(() => /child=(\d+);/.exec(process.log()) ?? assert.fail('no child yet')))[1]);
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const end = async (child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'close');
};

before(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'watchdog-')));
  nats = await startNats();
  planner = await startPlanner(folder);
  bus = await connectBus({ url: nats.url, name: 'test' });
  bus.onCancel('*', (cancel) => cancels.push(cancel));
});
beforeEach(() => {
  planner.items.clear();
  cancels.length = 0;
});
after(async () => {
  for (const { pid } of running) if (pid) process.kill(-pid, 'SIGKILL');
  await bus.close();
  await planner.stop();
  await nats.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the watchdog', () => {
  it('takes the lease of a paused worker back, tells it, and kills its whole group; one that beats lives', async () => {
    const [silent, alive] = [add(), add()];
    const paused = holder([silent]);
    const well = holder([alive]);
    const child = await childOf(paused);
    await childOf(well);
    const dog = await watchdog();
    await sleep(STALE_MS);
    assert.equal(silent.status, 'leased');
    paused.kill('SIGSTOP');
    const [, signal] = (await once(paused, 'close')) as [null, string];
    assert.equal(signal, 'SIGKILL');
    await eventually(() => assert.equal(isAlive(child), false));
    assert.deepEqual(silent.expired, [{ epoch: 1n, verdict: 'stale' }]);
    assert.deepEqual([silent.status, silent.epoch], ['due', 2n]);
    assert.deepEqual(
      cancels.map(({ itemId, epoch }) => [itemId, epoch]),
      [[silent.item_id, 1n]],
    );
    assert.deepEqual([alive.status, isAlive(well.pid ?? 0)], ['leased', true]);
    await end(well, 'SIGKILL');
    await end(dog);
  });

  it('knows a stuck worker by its counter, although it beats, and kills it when it does not heed the cancel', async () => {
    const [stuck, busy] = [add('stuck'), add('stuck')];
    const hung = holder([stuck]);
    const moving = holder([busy], 'setInterval(() => (counter += 1n), 500);');
    await childOf(hung);
    await childOf(moving);
    const dog = await watchdog();
    const [, signal] = (await once(hung, 'close')) as [null, string];
    assert.equal(signal, 'SIGKILL');
    assert.deepEqual(
      stuck.expired.map(({ verdict }) => verdict),
      ['stuck'],
    );
    assert.deepEqual([busy.status, busy.expired], ['leased', []]);
    await end(moving, 'SIGKILL');
    await end(dog);
  });

  it('spares a stuck worker that heeds its cancel', async () => {
    const stuck = add('stuck');
    const obedient = holder([stuck], `bus.onCancel(items[0].item_id, () => { items = []; console.log('heeded'); });`);
    await childOf(obedient);
    const dog = await watchdog();
    await eventually(() => assert.equal(stuck.expired.length, 1));
    await eventually(() => assert.match(obedient.log(), /heeded/));
    await sleep(1_000);
    assert.equal(isAlive(obedient.pid ?? 0), true);
    await end(obedient, 'SIGKILL');
    await end(dog);
  });

  it('takes back at once what the dead held, and what nobody ever beat for after its term', async () => {
    const [held, mute] = [add(), add()];
    const dying = holder([held]);
    await childOf(dying);
    const dog = await watchdog({ CODEOPTIMA_STALE_MS: '8000' });
    await sleep(500);
    Object.assign(mute, { status: 'leased', epoch: 3n, incarnation: 'nobody' });
    dying.kill('SIGKILL');
    await eventually(() => assert.equal(held.status, 'due'));
    assert.equal(mute.status, 'leased');
    await eventually(() => assert.deepEqual(mute.expired, [{ epoch: 3n, verdict: 'stale' }]));
    await end(dog);
  });

  it('takes back at once what the dead held when everything was ended together, itself too', async () => {
    const [held, living, unknown] = [add(), add(), add()];
    const gone = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1_000)']);
    await once(gone, 'spawn');
    noteHolder(folder, 'inc-of-the-dead', gone.pid);
    noteHolder(folder, 'inc-of-the-living');
    await end(gone, 'SIGKILL');
    Object.assign(held, { status: 'leased', epoch: 1n, incarnation: 'inc-of-the-dead' });
    Object.assign(living, { status: 'leased', epoch: 1n, incarnation: 'inc-of-the-living' });
    Object.assign(unknown, { status: 'leased', epoch: 1n, incarnation: 'inc-of-nobody' });
    const dog = await watchdog({ CODEOPTIMA_STALE_MS: '600000' });
    await eventually(() => assert.deepEqual(held.expired, [{ epoch: 1n, verdict: 'stale' }]));
    await eventually(() => assert.match(dog.log(), /the process of its worker ended/));
    await eventually(() => assert.equal(notedHolder(folder, 'inc-of-the-dead'), null, 'it holds nothing any more'));
    assert.deepEqual([living.expired, unknown.expired], [[], []], 'of these nobody knows that they have ended');
    assert.notEqual(notedHolder(folder, 'inc-of-the-living'), null);
    await end(dog);
  });

  it('lets nobody pay for an outage of the bus, of the planner, or of itself', async () => {
    const item = add();
    const worker = holder([item]);
    await childOf(worker);
    const dog = await watchdog();
    await sleep(400);
    await nats.kill();
    await sleep(STALE_MS * 1.5);
    await nats.restart();
    await eventually(() => assert.match(dog.log(), /"cause":"bus"/));
    await planner.stop();
    await sleep(STALE_MS * 1.5);
    await planner.start();
    await eventually(() => assert.match(dog.log(), /"cause":"planner"/));
    dog.kill('SIGSTOP');
    await sleep(STALE_MS * 1.5);
    dog.kill('SIGCONT');
    await eventually(() => assert.match(dog.log(), /"cause":"watchdog"/));
    await sleep(1_000);
    assert.deepEqual([item.status, item.expired, isAlive(worker.pid ?? 0)], ['leased', [], true]);
    await end(dog, 'SIGKILL');
    const again = await watchdog();
    await sleep(1_000);
    assert.deepEqual(item.expired, []);
    await end(worker, 'SIGKILL');
    await end(again);
  });

  it('kills nobody while too many are silent at once, says so, and goes on when beats come back', async () => {
    const items = Array.from({ length: 5 }, () => add());
    const workers = items.map((item) => holder([item]));
    await Promise.all(workers.map(childOf));
    const dog = await watchdog();
    await sleep(400);
    for (const worker of workers) worker.kill('SIGSTOP');
    await eventually(() => assert.match(dog.log(), /"alert":"mass_stale"/));
    await sleep(1_000);
    assert.deepEqual(
      items.flatMap(({ expired }) => expired),
      [],
    );
    for (const worker of workers.slice(1)) worker.kill('SIGCONT');
    await eventually(() => assert.match(dog.log(), /the breaker is released/));
    await eventually(() => assert.equal(items[0]?.expired.length, 1));
    assert.deepEqual(
      items.slice(1).flatMap(({ expired }) => expired),
      [],
    );
    await Promise.all(workers.map((worker) => end(worker, 'SIGKILL')));
    await end(dog);
  });
});
