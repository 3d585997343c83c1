import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CodeOptimaError, RunService } from '@codeoptima/contracts';
import { propagation } from '@opentelemetry/api';
import { type Client, checkHealth, createClient } from './client.ts';
import type { Implementation } from './handler.ts';
import { type RpcServer, type ServeOptions, serve, service } from './server.ts';

const TOKEN = 'a token of sufficient length';
let folder = '';
let seen: { signal?: AbortSignal; errors: string[] } = { errors: [] };

const unused = (): Promise<never> => Promise.reject(new CodeOptimaError('internal', 'not part of this test'));

const implementation: Implementation<typeof RunService> = {
  submitRun: (request) => Promise.resolve({ run: { runId: request.idempotencyKey }, created: true }),
  getRun: (request) => {
    if (request.runId === 'bug') return Promise.reject(new TypeError('secret: x is undefined'));
    return Promise.reject(new CodeOptimaError('stale_epoch', 'the épôch 3 is over', { ids: { run_id: request.runId, path: '/tmp/ö' } }));
  },
  listRuns: async (_request, call) => {
    seen.signal = call.signal;
    await new Promise((resolve) => call.signal.addEventListener('abort', resolve));
    return {};
  },
  listEvents: (request) => Promise.resolve({ events: [{ dataJson: 'x'.repeat(request.limit) }] }),
  watchRun: async function* (request, call) {
    seen.signal = call.signal;
    if (request.runId === 'none') throw new CodeOptimaError('not_found', 'no run none');
    for (let version = request.afterVersion + 1n; !call.signal.aborted; version += 1n) {
      if (version > 3n && request.runId === 'short') return;
      yield { event: { version, dataJson: 'y'.repeat(10_000) } };
    }
  },
  cancelRun: unused,
  approveRun: unused,
  rejectRun: unused,
};

const start = (address: string, more: Partial<ServeOptions> = {}): Promise<RpcServer> =>
  serve({ address, services: [service(RunService, implementation)], onError: (method) => seen.errors.push(method), ...more });

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'rpc-'));
});
beforeEach(() => {
  seen = { errors: [] };
});
after(() => rmSync(folder, { recursive: true, force: true }));

const isCode = (code: string) => (error: unknown) => error instanceof CodeOptimaError && error.code === code;

describe('over a Unix socket', () => {
  let server: RpcServer;
  let client: Client<typeof RunService>;
  before(async () => {
    server = await start(`unix:${join(folder, 'planner.sock')}`);
    client = createClient(RunService, { address: server.address });
  });
  after(async () => {
    client.close();
    await server.stop(0);
  });

  it('answers and fills in what the handler left out', async () => {
    const answer = await client.submitRun({ idempotencyKey: 'k' });
    assert.equal(answer.run?.runId, 'k');
    assert.equal(answer.run?.version, 0n);
    assert.equal(statSync(join(folder, 'planner.sock')).mode & 0o777, 0o600);
  });

  it('carries code, sentence, ids and retryable of an error to the caller', async () => {
    const error = await client.getRun({ runId: 'r1' }).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof CodeOptimaError);
    assert.deepEqual([error.code, error.message, error.retryable], ['stale_epoch', 'the épôch 3 is over', false]);
    assert.deepEqual(error.ids, { run_id: 'r1', path: '/tmp/ö' });
  });

  it('keeps the text of an unforeseen error to its own log', async () => {
    const error = await client.getRun({ runId: 'bug' }).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof CodeOptimaError);
    assert.equal(error.code, 'internal');
    assert.doesNotMatch(error.message, /secret/);
    assert.deepEqual(seen.errors, ['codeoptima.run.v1.RunService/GetRun']);
  });

  it('ends a call at its deadline and tells the handler', async () => {
    await assert.rejects(client.listRuns({}, { timeout_ms: 100 }), isCode('deadline_exceeded'));
    while (!seen.signal?.aborted) await sleep(10);
  });

  it('ends a call by the signal of the caller and tells the handler', async () => {
    const controller = new AbortController();
    const call = client.listRuns({}, { signal: controller.signal });
    while (!seen.signal) await sleep(5);
    controller.abort();
    await assert.rejects(call, isCode('cancelled'));
    while (!seen.signal.aborted) await sleep(10);
    await assert.rejects(client.listRuns({}, { signal: controller.signal }), isCode('cancelled'));
  });

  it('streams, ends, fails, and stops the handler when the reader leaves', async () => {
    const versions: bigint[] = [];
    for await (const { event } of client.watchRun({ runId: 'short' })) versions.push(event?.version ?? -1n);
    assert.deepEqual(versions, [1n, 2n, 3n]);
    await assert.rejects(async () => {
      for await (const answer of client.watchRun({ runId: 'none' })) assert.fail(answer.$typeName);
    }, isCode('not_found'));
    let count = 0;
    for await (const answer of client.watchRun({ runId: 'endless' })) if (answer.event && (count += 1) === 1_000) break;
    assert.equal(count, 1_000);
    while (!seen.signal?.aborted) await sleep(10);
  });

  it('refuses messages over 16 MiB and takes those below', async () => {
    const below = await client.listEvents({ limit: 15 * 1024 * 1024 });
    assert.equal(below.events[0]?.dataJson.length, 15 * 1024 * 1024);
    await assert.rejects(client.listEvents({ limit: 17 * 1024 * 1024 }), isCode('bad_input'));
    await assert.rejects(client.submitRun({ requestJson: 'z'.repeat(17 * 1024 * 1024) }), isCode('bad_input'));
  });

  it('answers grpc.health.v1 and says when it stops', async () => {
    assert.equal(await checkHealth(server.address), true);
    server.setServing(false);
    assert.equal(await checkHealth(server.address), false);
    server.setServing(true);
    assert.equal(await checkHealth(`unix:${join(folder, 'nobody.sock')}`), false);
  });
});

/** What a killed server leaves: a socket that nobody serves. */
const leaveSocket = async (path: string): Promise<void> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(`${path}.draft`, resolve));
  renameSync(`${path}.draft`, path);
  await new Promise((resolve) => server.close(resolve));
};

describe('restart of the server', () => {
  it('is survived by the client, also when the server was killed and left its socket', async () => {
    const address = `unix:${join(folder, 'restart.sock')}`;
    const first = await start(address);
    const client = createClient(RunService, { address });
    await client.submitRun({});
    await assert.rejects(start(address), isCode('conflict'));
    await first.stop(0);
    await assert.rejects(client.submitRun({}), isCode('unavailable'));
    const late = client.submitRun({ idempotencyKey: 'late' }, { wait_for_ready: true, timeout_ms: 60_000 });
    await leaveSocket(join(folder, 'restart.sock'));
    const second = await start(address);
    assert.equal((await late).run?.runId, 'late');
    client.close();
    await second.stop(0);
  });

  it('is refused in a folder that others may enter', async () => {
    const open = join(folder, 'open');
    mkdirSync(open);
    chmodSync(open, 0o755);
    await assert.rejects(start(`unix:${join(open, 'x.sock')}`), isCode('bad_input'));
  });
});

describe('over TCP', () => {
  it('does not start without a token', async () => {
    await assert.rejects(start('127.0.0.1:0'), isCode('bad_input'));
    await assert.rejects(start('127.0.0.1:0', { token: 'short' }), isCode('bad_input'));
  });

  it('answers only those who hold the token, for calls and streams', async () => {
    const server = await start('127.0.0.1:0', { token: TOKEN });
    const holder = createClient(RunService, { address: server.address, token: TOKEN });
    assert.equal((await holder.submitRun({ idempotencyKey: 'k' })).created, true);
    for (const token of [undefined, '', 'wrong', `${TOKEN}x`]) {
      const stranger = createClient(RunService, { address: server.address, ...(token === undefined ? {} : { token }) });
      await assert.rejects(stranger.submitRun({}), isCode('unauthenticated'));
      await assert.rejects(stranger.watchRun({ runId: 'short' }).next(), isCode('unauthenticated'));
      stranger.close();
    }
    assert.equal(await checkHealth(server.address), true);
    holder.close();
    await server.stop(0);
  });
});

describe('trace context', () => {
  it('travels in the metadata of a call', async () => {
    const received: (string | undefined)[] = [];
    propagation.setGlobalPropagator({
      inject: (_context, carrier, setter) => setter.set(carrier, 'traceparent', '00-1-2-01'),
      extract: (context, carrier, getter) => {
        received.push(String(getter.get(carrier, 'traceparent')));
        return context;
      },
      fields: () => ['traceparent'],
    });
    const server = await start(`unix:${join(folder, 'trace.sock')}`);
    const client = createClient(RunService, { address: server.address });
    await client.submitRun({});
    await client.watchRun({ runId: 'short' }).next();
    propagation.disable();
    assert.deepEqual(received, ['00-1-2-01', '00-1-2-01']);
    client.close();
    await server.stop(0);
  });
});
