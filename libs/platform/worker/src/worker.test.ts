import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Bus, connectBus } from '@codeoptima/bus';
import { type Beat, type Progress, STREAM_WORK } from '@codeoptima/contracts';
import { type TestItem, type TestNats, type TestPlanner, eventually, startNats, startPlanner } from '@codeoptima/testkit';

let folder = '';
let nats: TestNats;
let planner: TestPlanner;
let bus: Bus;
const beats: Beat[] = [];
const progress: Progress[] = [];
const children = new Set<ChildProcess>();
let count = 0;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'worker-'));
  nats = await startNats();
  planner = await startPlanner(folder);
  bus = await connectBus({ url: nats.url, name: 'test' });
  bus.onBeat((beat) => beats.push(beat));
  bus.onProgress('*', (line) => progress.push(line));
});
beforeEach(() => {
  planner.items.clear();
  planner.fenced = 0;
  planner.empty_claims = 0;
  beats.length = 0;
  progress.length = 0;
});
/** A child that a failed test leaves behind would take the items of the next one. */
afterEach(() => Promise.all([...children].map((child) => stop(child, 'SIGKILL'))));
after(async () => {
  await bus?.close();
  await planner?.stop();
  await nats?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A worker service in a process of its own; `body` is the body of its handler of the task merge. */
const start = (body: string, env: Record<string, string> = {}): ChildProcess & { log: () => string } => {
  const index = JSON.stringify(join(import.meta.dirname, 'index.ts'));
  const source = `import { existsSync, writeFileSync, readdirSync } from 'node:fs';
    import { setTimeout as sleep } from 'node:timers/promises';
    import { WorkerEnv, workerMain } from ${index};
    const done = { merged: true, reason: 'done' };
    workerMain({ service: 'reviewer', env: WorkerEnv, handlers: () => ({ merge: async (context) => { ${body} } }) });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    env: {
      ...process.env,
      CODEOPTIMA_DATA_DIR: folder,
      CODEOPTIMA_NATS_URL: nats.url,
      CODEOPTIMA_PLANNER_ADDRESS: planner.address,
      CODEOPTIMA_BEAT_MS: '100',
      CODEOPTIMA_POLL_MS: '1000',
      CODEOPTIMA_DRAIN_MS: '500',
      ...env,
    },
  });
  children.add(child);
  child.once('close', () => children.delete(child));
  let said = '';
  child.stdout.on('data', (chunk) => (said += String(chunk)));
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  return Object.assign(child, { log: () => said });
};

const stop = async (child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
  child.kill(signal);
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
};

const payload = {
  run_id: 'run',
  request: { repository: '/r', ref: null, config: {} },
  branch: 'b',
  base_branch: null,
  base_commit: 'a'.repeat(40),
};

const add = (more: Partial<TestItem> = {}): TestItem =>
  planner.add({ item_id: `item-${(count += 1)}`, task: 'merge', service: 'reviewer', payload_json: JSON.stringify(payload), ...more });

const until = (item: TestItem, status: TestItem['status']): Promise<void> => eventually(() => assert.equal(item.status, status));

/** Has asked for work in vain and waits now. */
const idle = (): Promise<void> => eventually(() => assert.ok(planner.empty_claims > 0));

/** For the code of a handler: it goes on when the test calls `open`, however slow the machine is. */
const gate = (): { closed: string; open: () => void } => {
  const file = join(folder, `gate-${(count += 1)}`);
  return { closed: `!existsSync(${JSON.stringify(file)})`, open: () => writeFileSync(file, '') };
};

describe('an item', () => {
  it('is claimed, worked on in an empty folder of its own, and completed with its cost', async () => {
    const item = add();
    const child = start(`
      context.progress('merging', 0.5);
      context.addUsage({ ci_ms: 1200 }); context.addUsage({ ci_ms: 34.4, cost_usd: 0.5 });
      const ref = await context.artifacts.put('log');
      writeFileSync(context.workdir + '/x', 'y');
      return { merged: true, reason: [readdirSync(context.workdir), context.payload.branch, context.attempt, context.epoch, ref.length].join(' ') };`);
    await until(item, 'completed');
    assert.deepEqual(JSON.parse(item.completed?.resultJson ?? ''), { merged: true, reason: 'x b 1 1 71' });
    assert.deepEqual([item.completed?.usage?.ciMs, item.completed?.usage?.costUsd], [1234n, 0.5]);
    await eventually(() => assert.deepEqual(readdirSync(join(folder, 'work')), []));
    await eventually(() =>
      assert.deepEqual(
        progress.map(({ detail, fraction, task }) => [detail, fraction, task]),
        [['merging', 0.5, 'merge']],
      ),
    );
    assert.equal(await stop(child), 0, child.log());
  });

  it('moves on for the watchdog while work goes on that has a limit of its own, and then no more', async () => {
    const [inside, after] = [gate(), gate()];
    const item = add();
    const child = start(`
      await context.bounded(async () => { while (${inside.closed}) await sleep(20); });
      while (${after.closed}) await sleep(20);
      return done;`);
    await eventually(() => assert.ok((beats.at(-1)?.progressCounter ?? 0n) > 2n));
    inside.open();
    const stands = (): boolean => beats.length > 3 && new Set(beats.slice(-3).map(({ progressCounter }) => progressCounter)).size === 1;
    await eventually(() => assert.ok(stands()));
    after.open();
    await until(item, 'completed');
    await stop(child);
  });

  it('is taken on its wake-up, which is acknowledged at the claim and not after the work', async () => {
    const child = start("await new Promise((resolve) => context.signal.addEventListener('abort', resolve)); return done;", {
      CODEOPTIMA_POLL_MS: '60000',
    });
    await idle();
    const item = add();
    await bus.publishWakeUp({ service: 'reviewer', itemId: item.item_id });
    await until(item, 'leased');
    const raw = await (await import('@nats-io/transport-node')).connect({
      servers: new URL(nats.url).host,
      token: new URL(nats.url).username,
    });
    const manager = await (await import('@nats-io/jetstream')).jetstreamManager(raw);
    await eventually(async () => assert.equal((await manager.streams.info(STREAM_WORK)).state.messages, 0));
    assert.equal(item.status, 'leased');
    await raw.close();
    await stop(child, 'SIGKILL');
  });

  it('fails with the code of its error; a broken payload and an unknown task are not retried', async () => {
    const [broken, unknown, wrong, thrown] = [add({ payload_json: '{}' }), add({ task: 'paint' }), add(), add()];
    wrong.payload_json = JSON.stringify({ ...payload, branch: 'wrong result' });
    const child = start(`
      if (context.payload.branch === 'wrong result') return { merged: 'perhaps' };
      throw Object.assign(new Error('disk')); `);
    await until(broken, 'failed');
    await until(unknown, 'failed');
    await until(wrong, 'failed');
    await eventually(() => assert.ok(thrown.failed.length > 1));
    assert.match(broken.failed[0]?.message ?? '', /payload of merge breaks the contract at run_id/);
    assert.match(unknown.failed[0]?.message ?? '', /does not do the task "paint"/);
    assert.match(wrong.failed[0]?.message ?? '', /result of merge breaks the contract at merged/);
    assert.deepEqual([thrown.failed[0]?.code, thrown.failed[0]?.message, thrown.failed[0]?.retryable], ['internal', 'disk', true]);
    await stop(child, 'SIGKILL');
  });

  it('ends at its deadline', async () => {
    const item = add({ deadline_ms: Date.now() + 300 });
    const child = start("await new Promise((_, reject) => context.signal.addEventListener('abort', () => reject(context.signal.reason)));");
    await until(item, 'failed');
    assert.equal(item.failed[0]?.code, 'deadline_exceeded');
    await stop(child);
  });
});

describe('beats', () => {
  it('go on while the main thread computes, and tell its progress', async () => {
    const item = add();
    const { closed, open } = gate();
    const child = start(`
      context.progress('one'); context.progress('two');
      await sleep(50);
      while (${closed});
      return done;`);
    await eventually(() => assert.ok(beats.length > 0));
    const seen = beats.length;
    await eventually(() => assert.ok(beats.length >= seen + 10));
    assert.equal(item.status, 'leased');
    const beat = beats.at(-1);
    assert.deepEqual(
      [beat?.itemId, beat?.epoch, beat?.progressCounter, beat?.pid, beat?.service],
      [item.item_id, 1n, 2n, child.pid, 'reviewer'],
    );
    assert.match(beat?.incarnation ?? '', /^[0-9a-f-]{36}$/);
    open();
    await until(item, 'completed');
    await stop(child);
    // What was under way has arrived when our own answer has.
    await bus.flush();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const total = beats.length;
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(beats.length, total);
  });
});

describe('a lost lease', () => {
  it('refuses the verdict of a worker that was paused, and the worker goes on with the next item', async () => {
    const item = add();
    const { closed, open } = gate();
    // A long pause between questions: else the worker may learn of its loss before its verdict is refused.
    const child = start(`while (${closed}) await sleep(20); return { merged: true, reason: String(context.epoch) };`, {
      CODEOPTIMA_POLL_MS: '60000',
    });
    await until(item, 'leased');
    child.kill('SIGSTOP');
    Object.assign(item, { epoch: item.epoch + 1n, incarnation: 'another' });
    open();
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(planner.fenced, 0);
    const next = add();
    child.kill('SIGCONT');
    await eventually(() => assert.equal(planner.fenced, 1));
    assert.deepEqual([item.status, item.completed], ['leased', null]);
    await until(next, 'completed');
    assert.match(child.log(), /the lease was lost; the verdict is dropped/);
    await stop(child);
  });

  it('by a cancel stops the work without a report; a cancel of an older epoch does nothing', async () => {
    const item = add({ epoch: 5n });
    const child = start("await new Promise((resolve) => context.signal.addEventListener('abort', resolve)); return done;");
    await until(item, 'leased');
    await eventually(() => assert.match(child.log(), /"msg":"claimed"/));
    await eventually(() => {
      bus.sendCancel({ itemId: item.item_id, epoch: 5n, reason: 'old' });
      bus.sendCancel({ itemId: item.item_id, epoch: 6n, reason: 'asked for' });
      assert.match(child.log(), /"reason":"asked for"/);
    });
    await eventually(() => assert.match(child.log(), /"outcome":"lost"/));
    assert.doesNotMatch(child.log(), /"reason":"old"/);
    assert.deepEqual([item.completed, item.failed.length, planner.fenced], [null, 0, 0]);
    await stop(child);
  });
});

describe('outages', () => {
  it('of the bus lose no cancel: the work stops while the bus is away, by asking the planner', async () => {
    const item = add();
    const child = start("await new Promise((resolve) => context.signal.addEventListener('abort', resolve)); return done;");
    await until(item, 'leased');
    await nats.kill();
    try {
      item.status = 'failed';
      await eventually(() => assert.match(child.log(), /"outcome":"lost"/));
      assert.deepEqual([item.completed, item.failed.length, planner.fenced], [null, 0, 0]);
    } finally {
      await nats.restart();
    }
    await eventually(() => assert.ok(bus.isConnected()));
    const next = add();
    await until(next, 'leased');
    await stop(child, 'SIGKILL');
  });

  it('of the planner delay the verdict and lose nothing', async () => {
    const item = add();
    const { closed, open } = gate();
    const child = start(`context.progress('working'); while (${closed}) await sleep(20); return done;`);
    await until(item, 'leased');
    await planner.stop();
    open();
    await eventually(() => assert.match(child.log(), /did not take the verdict yet/));
    await planner.start();
    await until(item, 'completed');
    assert.equal(item.attempt, 1);
    await stop(child);
  });

  it('of the bus leave polling: items are done without a wake-up, and beats come back', async () => {
    const child = start('await sleep(600); return done;');
    await idle();
    await nats.kill();
    const item = add();
    await until(item, 'completed');
    await nats.restart();
    await eventually(() => assert.ok(bus.isConnected()));
    beats.length = 0;
    // Its connection for beats comes back by itself, within a second or so.
    await eventually(async () => {
      await until(add(), 'completed');
      assert.ok(beats.length > 0);
    });
    await stop(child);
  });
});

describe('the end of a worker', () => {
  it('waits for work that ends in time', async () => {
    const item = add();
    const { closed, open } = gate();
    const child = start(`while (${closed}) await sleep(20); return done;`, { CODEOPTIMA_DRAIN_MS: '60000' });
    await until(item, 'leased');
    const ended = stop(child);
    await eventually(() => assert.match(child.log(), /"msg":"stopping"/));
    assert.equal(item.status, 'leased');
    open();
    assert.equal(await ended, 0, child.log());
    assert.equal(item.status, 'completed');
  });

  it('gives back what does not end in time, at no attempt', async () => {
    const item = add();
    const child = start("await new Promise((_, reject) => context.signal.addEventListener('abort', () => reject(context.signal.reason)));");
    await until(item, 'leased');
    await eventually(() => assert.match(child.log(), /"msg":"claimed"/));
    assert.equal(await stop(child), 0, child.log());
    assert.deepEqual([item.status, item.released, item.attempt], ['due', 1, 0]);
  });

  it('by kill -9 leaves a folder that the next start removes, and only that one', async () => {
    const item = add();
    const dead = start('await sleep(60000);');
    await until(item, 'leased');
    const work = join(folder, 'work');
    await eventually(() => assert.ok(existsSync(join(work, `${item.item_id}-1`))));
    await stop(dead, 'SIGKILL');
    mkdirSync(join(work, 'foreign-1'));
    writeFileSync(join(work, 'foreign-1.owner.json'), JSON.stringify((await import('@codeoptima/embedded/process')).identify(process.pid)));
    const child = start('return done;');
    await eventually(() => assert.match(child.log(), /"msg":"ready"/));
    assert.deepEqual(readdirSync(work), ['foreign-1', 'foreign-1.owner.json']);
    await stop(child);
  });

  it('at a fault point before the report leaves the item leased for the watchdog', async () => {
    const item = add();
    const child = start('return done;', { CODEOPTIMA_FAULT: 'worker.before_complete' });
    const [, signal] = (await once(child, 'close')) as [null, string];
    assert.equal(signal, 'SIGKILL');
    assert.deepEqual([item.status, item.completed], ['leased', null]);
  });
});
