import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { CodeOptimaError } from '@codeoptima/contracts';
import { eventually } from '@codeoptima/testkit';
import { context, trace } from '@opentelemetry/api';
import { z } from 'zod';
import { ServiceEnv, loadEnv } from './env.ts';
import { parseFaults } from './fault-point.ts';
import { createHealth } from './health.ts';
import { createLogger } from './logger.ts';
import { createMetrics } from './metrics.ts';
import { serveProbes } from './probe-server.ts';
import { currentTraceparent, inSpan, startTracing } from './tracing.ts';

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'kit-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a module text with our package in another process. */
const run = (source: string, env: Record<string, string> = {}): ChildProcess & { text: () => string } => {
  const index = JSON.stringify(join(import.meta.dirname, 'index.ts'));
  const child = spawn(process.execPath, ['--input-type=module', '-e', `import * as kit from ${index};\n${source}`], {
    env: { ...process.env, ...env },
  });
  let said = '';
  child.stdout.on('data', (chunk) => (said += String(chunk)));
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  return Object.assign(child, { text: () => said });
};

const get = (address: string, path: string): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    const target = address.startsWith('unix:') ? { socketPath: address.slice(5), path } : new URL(path, `http://${address}`);
    request(target, (response) => {
      let body = '';
      response.on('data', (chunk) => (body += String(chunk)));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on('error', reject)
      .end();
  });

describe('environment', () => {
  const good = { CODEOPTIMA_DATA_DIR: '/d', CODEOPTIMA_NATS_URL: 'nats://t@h:1', CODEOPTIMA_PLANNER_ADDRESS: 'unix:/s' };

  it('is read by its schema, with defaults, and empty means unset', () => {
    const env = loadEnv(ServiceEnv, { ...good, CODEOPTIMA_TOKEN: '', OTHER: 'x' });
    assert.deepEqual([env.CODEOPTIMA_LOG_LEVEL, env.CODEOPTIMA_TOKEN, env.CODEOPTIMA_DRAIN_MS], ['info', undefined, 10_000]);
    assert.equal(loadEnv(ServiceEnv.extend({ LIMIT: z.coerce.number() }), { ...good, LIMIT: '7' }).LIMIT, 7);
  });

  it('is refused with the names of what is wrong and none of the values', () => {
    const attempt = (): unknown => loadEnv(ServiceEnv, { CODEOPTIMA_NATS_URL: 'http://secret', CODEOPTIMA_DATA_DIR: '/d' });
    assert.throws(attempt, (error: unknown) => {
      assert.ok(error instanceof CodeOptimaError);
      assert.match(error.message, /CODEOPTIMA_NATS_URL: must begin with nats.*CODEOPTIMA_PLANNER_ADDRESS/);
      assert.doesNotMatch(error.message, /secret/);
      return error.code === 'bad_input';
    });
  });
});

describe('log lines', () => {
  it('carry agent, job, trace and the ids of an error, and a stack only for the unforeseen', async () => {
    const lines: Record<string, unknown>[] = [];
    const sink = new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(JSON.parse(String(chunk)) as Record<string, unknown>);
        done();
      },
    });
    const stop = await startTracing({ service: 'x', data_dir: folder, traces: 'off', otlp_endpoint: undefined });
    const log = createLogger('builder', 'info', sink).child({ job_id: 'run-1' });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await inSpan('work', traceparent, {}, () => Promise.resolve(log.info('hello')));
    log.error({ err: new CodeOptimaError('disk_full', 'full', { ids: { path: '/p' } }) }, 'failed');
    log.error({ err: new TypeError('bug') }, 'broke');
    await stop();
    assert.deepEqual(
      [lines[0]?.['agent'], lines[0]?.['job_id'], lines[0]?.['trace_id'], lines[0]?.['level']],
      ['builder', 'run-1', '0af7651916cd43dd8448eb211c80319c', 'info'],
    );
    assert.deepEqual(lines[1]?.['err'], { code: 'disk_full', message: 'full', path: '/p' });
    assert.match(JSON.stringify(lines[2]), /service-kit\.test/);
    trace.disable();
    context.disable();
  });
});

describe('probes', () => {
  it('tell metrics, life and what keeps the service from being ready', async () => {
    const metrics = createMetrics('builder');
    metrics.counter('codeoptima_things_total', 'Things.', ['kind']).inc({ kind: 'a' }, 2);
    metrics.include(() => Promise.resolve('engine_points 3\n'));
    metrics.include(() => Promise.reject(new Error('it is away')));
    const health = createHealth();
    let connected = false;
    health.require('bus', () => connected);
    const server = await serveProbes(`unix:${join(folder, 'probes.sock')}`, metrics, health);
    assert.match(
      (await get(server.address, '/metrics')).body,
      /codeoptima_things_total\{kind="a",service="builder"\} 2[\s\S]*^engine_points 3$/m,
    );
    assert.equal((await get(server.address, '/healthz')).status, 200);
    assert.deepEqual(await get(server.address, '/readyz'), { status: 503, body: '{"ready":false,"failing":["bus"]}' });
    connected = true;
    assert.equal((await get(server.address, '/readyz')).status, 200);
    assert.equal((await get(server.address, '/')).status, 404);
    await server.close();
    const tcp = await serveProbes('127.0.0.1:0', metrics, health);
    assert.equal((await get(tcp.address, '/readyz')).status, 200);
    await tcp.close();
  });

  it('are not shown to other machines unless that is asked for', async () => {
    await assert.rejects(serveProbes('0.0.0.0:0', createMetrics('x'), createHealth()), { code: 'bad_input' });
  });
});

describe('fault points', () => {
  it('kill the process at the named pass and nowhere else', async () => {
    const source = "for (let n = 1; n <= 3; n += 1) { kit.faultPoint('other'); kit.faultPoint('a.b'); console.log(n); }";
    const killed = run(source, { CODEOPTIMA_FAULT: 'a.b:2' });
    const [, signal] = (await once(killed, 'close')) as [number | null, string | null];
    assert.equal(signal, 'SIGKILL');
    assert.doesNotMatch(killed.text(), /2/);
    const unharmed = run(source);
    assert.deepEqual(await once(unharmed, 'close'), [0, null]);
    assert.deepEqual(
      [...parseFaults('a:2, b')],
      [
        ['a', 2],
        ['b', 1],
      ],
    );
  });
});

describe('traces', () => {
  it('are continued, written as lines, and one is made when none is active', async () => {
    const source = `
      const stop = await kit.startTracing({ service: 'builder', data_dir: process.env.DIR, traces: 'file', otlp_endpoint: undefined });
      const inner = await kit.inSpan('outer', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', { item_id: 'i' }, () =>
        kit.inSpan('inner', '', {}, async () => kit.currentTraceparent()));
      console.log(inner);
      await stop();`;
    const child = run(source, { DIR: folder });
    await once(child, 'close');
    const spans = readFileSync(join(folder, 'traces', 'builder.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    const [inner, outer] = spans;
    assert.deepEqual([inner?.['name'], outer?.['name'], outer?.['parent_span_id']], ['inner', 'outer', 'b7ad6b7169203331']);
    assert.equal(inner?.['parent_span_id'], outer?.['span_id']);
    assert.equal(child.text().trim(), `00-0af7651916cd43dd8448eb211c80319c-${inner?.['span_id']}-01`);
    assert.match(currentTraceparent(), /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    assert.notEqual(currentTraceparent(), currentTraceparent());
  });
});

describe('a service', () => {
  const env = (): Record<string, string> => ({
    CODEOPTIMA_DATA_DIR: folder,
    CODEOPTIMA_NATS_URL: 'nats://t@127.0.0.1:1',
    CODEOPTIMA_PLANNER_ADDRESS: 'unix:/s',
    CODEOPTIMA_METRICS_ADDRESS: `unix:${join(folder, 'svc', 'probe.sock')}`,
  });

  it('ends in the reverse order of its wiring on SIGTERM, with exit code 0', async () => {
    const child = run(
      `const s = await kit.startService('builder', kit.loadEnv(kit.ServiceEnv));
       s.onStop('first', () => console.log('stop first')); s.onStop('second', () => console.log('stop second'));
       s.onStop('broken', () => { throw new Error('no'); });
       setInterval(() => {}, 1000); console.log('up');`,
      env(),
    );
    await eventually(() => assert.match(child.text(), /^up$/m));
    assert.equal((await get(env()['CODEOPTIMA_METRICS_ADDRESS'] ?? '', '/readyz')).status, 200);
    child.kill('SIGTERM');
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 0, child.text());
    assert.match(child.text(), /stop second[\s\S]*stop first/);
  });

  it('has a folder for its temporary files, which goes with it, and sweeps that of one that was killed', async () => {
    const source = `await kit.startService('builder', kit.loadEnv(kit.ServiceEnv));
      const os = await import('node:os'); const fs = await import('node:fs');
      console.log('made ' + fs.mkdtempSync(os.tmpdir() + '/codeoptima-'));
      setInterval(() => {}, 1000);`;
    const made = async (child: ReturnType<typeof run>): Promise<string> =>
      eventually(() => /^made (.*)$/m.exec(child.text())?.[1] ?? assert.fail(child.text()));
    const killed = run(source, env());
    const first = await made(killed);
    assert.ok(first.startsWith(join(folder, 'scratch')), first);
    killed.kill('SIGKILL');
    await once(killed, 'close');
    assert.ok(existsSync(first));
    const ended = run(source, env());
    const second = await made(ended);
    assert.equal(existsSync(first), false);
    ended.kill('SIGTERM');
    await once(ended, 'close');
    assert.equal(existsSync(second), false);
    assert.deepEqual(readdirSync(join(folder, 'scratch')), []);
  });

  it('that cannot start says why in one line and ends with 1', async () => {
    const child = run("kit.runMain('builder', async () => { kit.loadEnv(kit.ServiceEnv, {}); });");
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 1);
    assert.equal(child.text().trim().split('\n').length, 1);
    assert.match(child.text(), /"level":"fatal".*CODEOPTIMA_DATA_DIR/);
  });
});
