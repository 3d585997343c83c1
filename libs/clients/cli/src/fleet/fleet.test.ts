import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { isAlive } from '@codeoptima/embedded';
import { eventually } from '@codeoptima/testkit';
import type { FleetProcess } from '../client/run-api.ts';
import { Backoff } from './backoff.ts';
import { launchOf } from './environment.ts';
import { openLayout } from './layout.ts';
import { startFleet } from './start.ts';
import { fleetStatus } from './status.ts';
import { stopFleet } from './stop.ts';

let folder = '';
let services_root = '';
let data_dir = '';
let count = 0;

/** Two services with the real boot, which say their environment and hold a child. */
const SERVICE = (name: string): string => `
  import { spawn } from 'node:child_process';
  import { existsSync, writeFileSync } from 'node:fs';
  import { ServiceEnv, loadEnv, startService } from ${JSON.stringify(join(import.meta.dirname, '../../../../platform/service-kit/src/index.ts'))};
  const env = loadEnv(ServiceEnv);
  const service = await startService('${name}', env);
  service.health.require('streams', () => !existsSync(env.CODEOPTIMA_DATA_DIR + '/stuck'));
  const child = spawn('sleep', ['600']);
  writeFileSync(env.CODEOPTIMA_DATA_DIR + '/${name}.told', JSON.stringify({ child: child.pid, postgres: process.env.CODEOPTIMA_POSTGRES_URL ?? null, nats: env.CODEOPTIMA_NATS_URL }));
  setInterval(() => {}, 1000);`;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet ü-'));
  services_root = join(folder, 'services');
  for (const name of ['planner', 'builder']) {
    mkdirSync(join(services_root, name, 'src'), { recursive: true });
    writeFileSync(join(services_root, name, 'src', 'main.ts'), SERVICE(name));
  }
});
beforeEach(() => {
  data_dir = join(folder, `data ${(count += 1)}`);
});
afterEach(() => stopFleet({ data_dir }));
after(() => rmSync(folder, { recursive: true, force: true }));

const start = () => startFleet({ data_dir, services_root });
const pids = async (): Promise<Record<string, number>> =>
  Object.fromEntries((await fleetStatus({ data_dir })).map(({ name, pid }) => [name, pid ?? 0]));
const member = async (name: string): Promise<FleetProcess> => {
  const found = (await fleetStatus({ data_dir })).find((process) => process.name === name);
  assert.ok(found);
  return found;
};
const told = (name: string) =>
  JSON.parse(readFileSync(join(data_dir, `${name}.told`), 'utf8')) as { child: number; postgres: string | null; nats: string };

describe('a fleet', () => {
  it('starts with everything ready, is started once by two at once, and ends without a rest', async () => {
    const both = await Promise.all([start(), start()]);
    assert.ok(both.some(({ started }) => started));
    const members = await fleetStatus({ data_dir });
    assert.deepEqual(
      members.map(({ name, detail }) => `${name} ${detail}`),
      ['supervisor ready', 'postgres ready', 'nats ready', 'planner ready', 'builder ready'],
    );
    assert.deepEqual(await start(), { started: false });
    assert.equal(statSync(data_dir).mode & 0o777, 0o700);
    assert.match(told('planner').postgres ?? '', /^postgres:/);
    assert.equal(told('builder').postgres, null);
    const running = Object.values(await pids());
    assert.deepEqual(await stopFleet({ data_dir }), { stopped: true });
    assert.deepEqual(running.filter(isAlive), []);
    assert.deepEqual(await fleetStatus({ data_dir }), []);
    assert.deepEqual(await stopFleet({ data_dir }), { stopped: false });
  });

  it('is ready without a memory, and says why there is none', async () => {
    const broken = join(folder, 'with a broken gateway');
    for (const name of ['planner', 'builder']) {
      mkdirSync(join(broken, name, 'src'), { recursive: true });
      writeFileSync(join(broken, name, 'src', 'main.ts'), SERVICE(name));
    }
    mkdirSync(join(broken, 'memory-gateway', 'src'), { recursive: true });
    writeFileSync(join(broken, 'memory-gateway', 'src', 'main.ts'), 'process.exit(1);');
    const notes: string[] = [];
    await startFleet({ data_dir, services_root: broken, note: (line) => notes.push(line) });
    assert.match(notes.at(-1) ?? '', /^no memory for now, runs go on without it: (memory-gateway|vector-sidecar) /);
    assert.equal((await member('builder')).detail, 'ready');
    assert.notEqual((await member('memory-gateway')).detail, 'ready');
    await stopFleet({ data_dir });
    assert.deepEqual(await fleetStatus({ data_dir }), []);
  });

  it('starts again what was killed: a service with its children, Postgres, nats-server', async () => {
    await start();
    const first = await pids();
    const { child } = told('builder');
    for (const name of ['builder', 'postgres', 'nats']) process.kill(first[name] ?? 0, 'SIGKILL');
    await eventually(() => assert.equal(isAlive(child), false));
    await eventually(async () => {
      const now = await pids();
      for (const name of ['builder', 'postgres', 'nats']) assert.ok(now[name] && now[name] !== first[name], name);
    });
    await start();
    assert.equal((await member('builder')).detail, 'ready, restarted once');
    assert.equal((await pids())['planner'], first['planner']);
  });

  it('answers while nats-server cannot start, and its services learn where it is when it had to move', async () => {
    await start();
    const url = new URL(told('builder').nats);
    await stopFleet({ data_dir });
    const config = join(data_dir, 'nats', 'nats.conf');
    rmSync(config);
    mkdirSync(config);
    await startFleet({ data_dir, services_root, asks_only: true });
    await eventually(async () => {
      assert.equal((await member('builder')).detail, 'ready');
      assert.match((await member('nats')).detail, /EISDIR/);
    });
    const neighbour = createServer().listen(Number(url.port), '127.0.0.1');
    await once(neighbour, 'listening');
    try {
      rmdirSync(config);
      await eventually(() => assert.notEqual(new URL(told('builder').nats).port, url.port));
      await start();
      assert.match((await member('nats')).detail, /^ready/);
    } finally {
      neighbour.close();
    }
  });

  it('starts nats-server anew that keeps nothing any more, as the planner says', async () => {
    await start();
    const { nats, ...others } = await pids();
    writeFileSync(join(data_dir, 'stuck'), '');
    await eventually(async () => assert.notEqual((await pids())['nats'], nats));
    rmSync(join(data_dir, 'stuck'));
    await start();
    const { nats: _new, ...same } = await pids();
    assert.deepEqual(same, others);
  });

  it('is taken over as it runs when its supervisor was killed', async () => {
    await start();
    const first = await pids();
    process.kill(first['supervisor'] ?? 0, 'SIGKILL');
    await eventually(() => assert.equal(isAlive(first['supervisor'] ?? 0), false));
    assert.equal((await member('supervisor')).running, false);
    assert.deepEqual(await start(), { started: true });
    const { supervisor: _old, ...kept } = first;
    const { supervisor: _new, ...now } = await pids();
    assert.deepEqual(now, kept);
  });

  it('ends wholly also when its supervisor was killed', async () => {
    await start();
    const running = await pids();
    process.kill(running['supervisor'] ?? 0, 'SIGKILL');
    assert.deepEqual(await stopFleet({ data_dir }), { stopped: true });
    assert.deepEqual(
      Object.entries(running).filter(([, pid]) => isAlive(pid)),
      [],
    );
  });

  it('says which part does not get ready, and where to look', async () => {
    const broken = join(folder, 'broken');
    mkdirSync(join(broken, 'planner', 'src'), { recursive: true });
    writeFileSync(join(broken, 'planner', 'src', 'main.ts'), 'throw new Error("no");');
    await assert.rejects(
      startFleet({ data_dir, services_root: broken }),
      /did not get ready: planner ends again and again: .*; see .*logs/s,
    );
    assert.match(readFileSync(join(data_dir, 'logs', 'planner.log'), 'utf8'), /Error: no/);
    assert.deepEqual(await fleetStatus({ data_dir }), []);
  });

  it('that finds its disk full says so and leaves no process behind', () => {
    const mount = join(folder, 'small disk');
    mkdirSync(mount);
    const module = JSON.stringify(join(import.meta.dirname, 'index.ts'));
    const source = `
      import { fleetStatus, startFleet } from ${module};
      const options = { data_dir: ${JSON.stringify(join(mount, 'data'))}, services_root: ${JSON.stringify(services_root)} };
      const error = await startFleet(options).catch((error) => error);
      console.log(JSON.stringify({ code: error.code, message: error.message, left: await fleetStatus(options) }));`;
    const script = 'mount -t tmpfs -o size=3m none "$1" && shift && exec "$@"';
    const namespace = ['--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh', mount];
    const said = execFileSync('unshare', [...namespace, process.execPath, '--input-type=module', '-e', source], { encoding: 'utf8' });
    const { code, message, left } = JSON.parse(said) as { code: string; message: string; left: unknown[] };
    assert.deepEqual([code, left], ['disk_full', []]);
    assert.match(message, /the disk of .* is full; free some space/);
  });
});

describe('the data directory', () => {
  it('is closed to others, and must be a directory of ours', () => {
    const open = join(folder, 'open');
    mkdirSync(open, { mode: 0o755 });
    openLayout(open);
    assert.equal(statSync(open).mode & 0o777, 0o700);
    writeFileSync(join(folder, 'file'), '');
    assert.throws(() => openLayout(join(folder, 'file')), { code: 'bad_input' });
  });
});

describe('restarting', () => {
  it('waits longer each time, up to a limit, and forgets after a good run', () => {
    const backoff = new Backoff();
    backoff.started(0);
    assert.deepEqual(
      Array.from({ length: 8 }, () => backoff.ended(1)),
      [200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000],
    );
    backoff.started(1_000);
    assert.equal(backoff.ended(40_000), 200);
  });

  it('gives the address of Postgres to the planner alone, whatever the environment holds', () => {
    const layout = openLayout(join(folder, 'env'));
    const addresses = { postgres_url: 'postgres://p', nats_url: 'nats://n' };
    const inherited = { CODEOPTIMA_POSTGRES_URL: 'postgres://stray', PATH: '/bin' };
    assert.equal(launchOf('builder', 'm', layout, addresses, inherited).env['CODEOPTIMA_POSTGRES_URL'], undefined);
    assert.equal(launchOf('planner', 'm', layout, addresses, inherited).env['CODEOPTIMA_POSTGRES_URL'], 'postgres://p');
    assert.equal(launchOf('builder', 'm', layout, addresses, inherited).env['PATH'], '/bin');
  });
});
