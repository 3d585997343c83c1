import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { create, toBinary } from '@bufbuild/protobuf';
import {
  type Beat,
  BeatSchema,
  type Cancel,
  CodeOptimaError,
  type Progress,
  STREAM_EVENTS,
  STREAM_WORK,
  subjectBeat,
} from '@codeoptima/contracts';
import { type TestNats, eventually, startNats } from '@codeoptima/testkit';
import { jetstreamManager } from '@nats-io/jetstream';
import { propagation } from '@opentelemetry/api';
import type { Bus } from './bus.ts';
import { connectBus } from './connect-bus.ts';
import { type NatsConnection, openConnection } from './connection.ts';
import { openBus } from './open-bus.ts';
import { checkVersion } from './server-version.ts';
import { STREAMS, configFor, droppedFields, ensureStream } from './streams.ts';

let nats: TestNats;
let bus: Bus;
let raw: NatsConnection;
const troubles: string[] = [];

before(async () => {
  nats = await startNats();
  bus = await connectBus({ url: nats.url, name: 'test', onError: (what) => troubles.push(what) });
  raw = await openConnection(nats.url, 'raw');
});
after(async () => {
  await bus.close();
  await raw.close();
  await nats.stop();
});

describe('streams', () => {
  it('are kept by the server as they are defined, and starting again changes nothing', async () => {
    const manager = await jetstreamManager(raw);
    const again = await connectBus({ url: nats.url, name: 'again' });
    for (const definition of STREAMS)
      assert.deepEqual(
        droppedFields(configFor(definition, bus.server_version), (await manager.streams.info(definition.config.name)).config),
        [],
      );
    assert.deepEqual(again.notices, []);
    await again.close();
  });

  it('are refused when the server drops a field without saying so', async () => {
    const manager = await jetstreamManager(raw);
    const forgetful = {
      ...manager,
      streams: {
        info: async (name: string) => ({ config: { ...(await manager.streams.info(name)).config, discard: 'old' } }),
        update: () => Promise.resolve(),
      },
    } as unknown as typeof manager;
    const work = STREAMS.find(({ config }) => config.name === STREAM_WORK);
    assert.ok(work);
    await assert.rejects(ensureStream(forgetful, work, bus.server_version), (error: unknown) => {
      assert.ok(error instanceof CodeOptimaError);
      assert.match(error.message, /did not keep discard of stream WORK/);
      return !error.retryable;
    });
  });

  it('are made anew where the server cannot change them, and only touched where they differ', async () => {
    const manager = await jetstreamManager(raw);
    const events = STREAMS.find(({ config }) => config.name === STREAM_EVENTS);
    assert.ok(events);
    await manager.streams.delete(STREAM_EVENTS);
    await manager.streams.add({ name: STREAM_EVENTS, subjects: events.config.subjects });
    await ensureStream(manager, events, bus.server_version);
    const { config, created } = await manager.streams.info(STREAM_EVENTS);
    assert.deepEqual(droppedFields(configFor(events, bus.server_version), config), []);
    await ensureStream(manager, events, bus.server_version);
    assert.equal((await manager.streams.info(STREAM_EVENTS)).created, created);
  });

  it('are compared field by field, also inside maps', () => {
    assert.deepEqual(droppedFields({ a: 1, m: { x: 'y' } }, { a: 1, m: { x: 'y', server: 'adds' }, more: 2 }), []);
    assert.deepEqual(droppedFields({ a: 1, b: [1], m: { x: 'y' } }, { b: [2] }), ['a', 'b', 'm.x']);
  });
});

describe('wake-ups', () => {
  it('are delivered once to the service they name, with their trace, and a repeated id is stored once', async () => {
    const builder = bus.wakeUps('builder');
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    assert.deepEqual(await bus.publishWakeUp({ service: 'builder', itemId: 'i1', runId: 'r' }, { message_id: 'r:1', traceparent }), {
      duplicate: false,
    });
    assert.deepEqual(await bus.publishWakeUp({ service: 'builder', itemId: 'i1', runId: 'r' }, { message_id: 'r:1' }), { duplicate: true });
    const received = await builder.next(10_000);
    assert.equal(received?.wake_up.itemId, 'i1');
    assert.equal(received.headers?.get('traceparent'), traceparent);
    received.ack();
    assert.equal(await builder.next(1_000), null);
    assert.equal(await bus.wakeUps('analyzer').next(1_000), null);
  });

  it('that cannot be read are ended and harm nobody', async () => {
    const reviewer = bus.wakeUps('reviewer');
    await bus.publish('work.reviewer.node', Buffer.from([0xff, 0xff, 0xff]));
    await bus.publishWakeUp({ service: 'reviewer', itemId: 'good' });
    const seen = await eventually(async () => (await reviewer.next(1_000)) ?? assert.fail('nothing yet'));
    assert.equal(seen.wake_up.itemId, 'good');
    seen.ack();
    await bus.flush();
    const manager = await jetstreamManager(raw);
    await eventually(async () => assert.equal((await manager.streams.info(STREAM_WORK)).state.messages, 0));
  });

  it('give up waiting when told to', async () => {
    const controller = new AbortController();
    const waiting = bus.wakeUps('analyzer').next(60_000, controller.signal);
    setTimeout(() => controller.abort(), 50);
    assert.equal(await waiting, null);
  });

  it('are not waited for while the server is away, however long the caller would wait', async () => {
    const source = bus.wakeUps('analyzer');
    const began = performance.now();
    const waiting = source.next(600_000);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await nats.kill();
    assert.equal(await waiting, null);
    assert.equal(await source.next(600_000), null);
    await nats.restart();
    await eventually(() => bus.publishWakeUp({ service: 'analyzer', itemId: 'back' }));
    const received = await eventually(async () => (await source.next(600_000)) ?? assert.fail('nothing yet'));
    assert.equal(received.wake_up.itemId, 'back');
    received.ack();
    assert.ok(performance.now() - began < 300_000, 'half of what one wait may take');
  });

  it('come again after the server was killed, and after its store was wiped', async () => {
    const source = bus.wakeUps('refactorer');
    assert.equal(await source.next(1_000), null);
    const connections: boolean[] = [];
    const stop = bus.onConnection((connected) => connections.push(connected));
    await nats.kill();
    await eventually(() => assert.equal(bus.isConnected(), false));
    await assert.rejects(bus.publishWakeUp({ service: 'refactorer' }), { code: 'unavailable' });
    await nats.restart();
    await eventually(() => bus.publishWakeUp({ service: 'refactorer', itemId: 'after kill' }, { message_id: 'x:1' }));
    const first = await eventually(async () => (await source.next(1_000)) ?? assert.fail('nothing yet'));
    assert.equal(first.wake_up.itemId, 'after kill');
    first.ack();
    await nats.wipe();
    await eventually(() => bus.publishWakeUp({ service: 'refactorer', itemId: 'after wipe' }));
    const second = await eventually(async () => (await source.next(1_000)) ?? assert.fail('nothing yet'));
    assert.equal(second.wake_up.itemId, 'after wipe');
    second.ack();
    assert.deepEqual(connections.slice(0, 2), [false, true]);
    stop();
  });
});

describe('messages that are not stored as work', () => {
  it('reach their listeners', async () => {
    const beats: Beat[] = [];
    const cancels: Cancel[] = [];
    const progress: Progress[] = [];
    const stops = [
      bus.onBeat((b) => beats.push(b)),
      bus.onCancel('i1', (c) => cancels.push(c)),
      bus.onProgress('*', (p) => progress.push(p)),
    ];
    await bus.flush();
    const beat = create(BeatSchema, { service: 'builder', incarnation: 'u', itemId: 'i1', epoch: 3n, progressCounter: 9n, pid: 4 });
    raw.publish(subjectBeat('builder', 'u'), toBinary(BeatSchema, beat));
    bus.sendCancel({ itemId: 'i2', epoch: 1n });
    bus.sendCancel({ itemId: 'i1', epoch: 2n, reason: 'asked' });
    bus.sendProgress({ runId: 'r', itemId: 'i1', task: 'baseline', detail: 'npm test', fraction: 0.5 });
    raw.publish('beats.builder.u', Buffer.from([0xff]));
    await eventually(() => assert.equal(beats.length + cancels.length + progress.length, 3));
    await eventually(() => assert.ok(troubles.includes('beats.>')));
    assert.equal(beats[0]?.progressCounter, 9n);
    assert.equal(cancels[0]?.reason, 'asked');
    assert.equal(progress[0]?.detail, 'npm test');
    for (const stop of stops) stop();
    const manager = await jetstreamManager(raw);
    await eventually(async () => assert.equal((await manager.streams.info(STREAM_EVENTS)).state.messages, 1));
  });

  it('carry the active trace', async () => {
    propagation.setGlobalPropagator({
      inject: (_context, carrier, setter) => setter.set(carrier, 'traceparent', '00-1-2-01'),
      extract: (context) => context,
      fields: () => ['traceparent'],
    });
    const seen: string[] = [];
    const subscription = raw.subscribe('control.cancel.traced', {
      callback: (_error, message) => void seen.push(message.headers?.get('traceparent') ?? ''),
    });
    await raw.flush();
    bus.sendCancel({ itemId: 'traced' });
    await eventually(() => assert.deepEqual(seen, ['00-1-2-01']));
    subscription.unsubscribe();
    propagation.disable();
  });
});

describe('an open bus', () => {
  const open = (url: string): { bus: Bus; said: string[]; refused: CodeOptimaError[] } => {
    const said: string[] = [];
    const refused: CodeOptimaError[] = [];
    const say = (_fields: object, message: string): void => void said.push(message);
    const opened = openBus({ url, name: 'open', log: { info: say, warn: say }, onRefused: (error) => refused.push(error) });
    return { bus: opened, said, refused };
  };

  it('is there while the server is away, and what it was asked for begins when the server comes', async () => {
    await nats.kill();
    const { bus: early, said, refused } = open(nats.url);
    const beats: Beat[] = [];
    const cancels: Cancel[] = [];
    const connections: boolean[] = [];
    early.onBeat((beat) => beats.push(beat));
    early.onCancel('given-up', () => assert.fail('unsubscribed before the server came'))();
    early.onCancel('later', (cancel) => cancels.push(cancel));
    early.onConnection((connected) => connections.push(connected));
    const source = early.wakeUps('watchful');
    assert.equal(await source.next(600_000), null, 'a caller polls meanwhile');
    early.sendCancel({ itemId: 'later' });
    await assert.rejects(early.publishWakeUp({ service: 'watchful' }), { code: 'unavailable' });
    await assert.rejects(early.flush(), { code: 'unavailable' });
    await eventually(() => assert.match(said.join(), /the bus is away/));
    assert.deepEqual([early.isConnected(), connections, refused], [false, [], []]);

    await nats.restart();
    await eventually(() => assert.equal(early.isConnected(), true));
    await eventually(() => assert.deepEqual(connections, [true]));
    await early.flush();
    await eventually(() => assert.equal(bus.isConnected(), true));
    await eventually(() => raw.flush());
    raw.publish(subjectBeat('builder', 'u'), toBinary(BeatSchema, create(BeatSchema, { service: 'builder', incarnation: 'u' })));
    for (const itemId of ['given-up', 'later']) bus.sendCancel({ itemId });
    await eventually(() => assert.deepEqual([beats.length, cancels.length], [1, 1]));
    await early.publishWakeUp({ service: 'watchful', itemId: 'i1' });
    const received = await eventually(async () => (await source.next(1_000)) ?? assert.fail('nothing yet'));
    received.ack();
    assert.equal(said.filter((message) => message === 'the bus is connected').length, 1);
    await early.close();
    assert.deepEqual(connections, [true]);
  });

  it('ends while the server is away', async () => {
    const { bus: never, refused } = open('nats://t@127.0.0.1:1');
    const waiting = never.wakeUps('x').next(60_000);
    await never.close();
    assert.deepEqual([await waiting, refused], [null, []]);
  });
});

describe('a server whose disk was full', () => {
  it('keeps nothing any more, says nothing about it, and does again after a new start: the bus tells (CODEOPTIMA_LONG=1: also that room alone does not help)', () => {
    const dir = mkdtempSync(join(tmpdir(), 'bus-full-'));
    const from = (module: string): string => JSON.stringify(import.meta.resolve(module));
    const source = `
      import { rmSync, statfsSync, writeFileSync } from 'node:fs';
      import { startNats } from ${from('@codeoptima/embedded')};
      import { connectBus } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
      import { eventually } from ${from('@codeoptima/testkit')};
      const options = { dir: ${JSON.stringify(dir)}, die_with_parent: true };
      const server = await startNats(options);
      const bus = await connectBus({ url: server.url, name: 'test' });
      const tell = () => bus.publishEvent('r', 'x', JSON.stringify({ text: 'x'.repeat(20_000) })).then(() => bus.isStoring(), () => bus.isStoring());
      const said = [await tell()];
      const { bavail, bsize } = statfsSync(options.dir);
      writeFileSync(options.dir + '/filler', Buffer.alloc(bavail * bsize));
      let full = true;
      for (let i = 0; i < 5 && full; i += 1) full = await tell();
      said.push(full);
      rmSync(options.dir + '/filler');
      ${process.env['CODEOPTIMA_LONG'] === '1' ? 'said.push(await tell());' : ''}
      await server.stop();
      const again = await startNats(options);
      await eventually(async () => { await bus.publishEvent('r', 'x', '{}'); });
      said.push(bus.isStoring());
      console.log(JSON.stringify(said));
      await bus.close();
      await again.stop();`;
    const namespace = [
      '--user',
      '--map-root-user',
      '--mount',
      'sh',
      '-c',
      'mount -t tmpfs -o size=16m none "$1" && shift && exec "$@"',
      'sh',
      dir,
    ];
    try {
      const said = execFileSync('unshare', [...namespace, process.execPath, '--input-type=module', '-e', source], { encoding: 'utf8' });
      // Each time that it is asked takes ten seconds.
      assert.deepEqual(JSON.parse(said), process.env['CODEOPTIMA_LONG'] === '1' ? [true, false, false, true] : [true, false, true]);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

describe('start', () => {
  it('fails with a sentence when the server is away or wants another token', async () => {
    await assert.rejects(
      connectBus({ url: 'nats://127.0.0.1:1', name: 'x', timeout_ms: 300 }),
      /nats-server at 127\.0\.0\.1:1 cannot be reached/,
    );
    const wrong = nats.url.replace(/\/\/[0-9a-f]+@/, '//wrong@');
    await assert.rejects(connectBus({ url: wrong, name: 'x', timeout_ms: 300 }), { code: 'unavailable' });
  });

  it('says what an old server lacks and refuses one that is too old', async () => {
    assert.deepEqual(checkVersion('2.14.5'), []);
    assert.match(checkVersion('2.9.10')[0] ?? '', /older than 2\.10/);
    assert.match(checkVersion('2.10.20')[0] ?? '', /older than 2\.12/);
    assert.throws(() => checkVersion('2.8.4'), /too old/);
  });
});
