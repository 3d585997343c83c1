import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { isAlive } from '@codeoptima/embedded';
import { eventually, noSidecar } from '@codeoptima/testkit';
import type { FleetState } from './state.ts';

const SCRIPT = join(import.meta.dirname, 'local-memory.ts');

// Skipped, with what is missing as the reason shown, where the vector engine could not be built.
describe('npm run memory', { skip: await noSidecar() }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'codeoptima-test-'));
  const data_dir = join(folder, 'data');
  let server: ChildProcess | null = null;
  after(async () => {
    if (server?.kill('SIGTERM')) await once(server, 'exit');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const start = async (...more: string[]): Promise<string> => {
    const args = [
      '--disable-warning=ExperimentalWarning',
      SCRIPT,
      '--data-dir',
      data_dir,
      '--rest',
      '127.0.0.1:0',
      '--grpc',
      '127.0.0.1:0',
    ];
    server = spawn(process.execPath, [...args, ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(server.stdout ?? server, 'data')) as [Buffer];
    return /REST (http:\S+)/.exec(String(line))?.[1] ?? assert.fail(`no address in: ${String(line)}`);
  };
  const call = async (url: string, method = 'GET', body?: object, headers: Record<string, string> = {}) => {
    const response = await fetch(url, {
      method,
      headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return [response.status, ((await response.json()) as { result?: unknown }).result] as const;
  };
  const members = () => (JSON.parse(readFileSync(join(data_dir, 'fleet.json'), 'utf8')) as FleetState).memory;
  const pids = (): number[] => members().flatMap(({ process: each }) => each?.pid ?? []);
  const enginePid = (): number => members().find(({ name }) => name === 'vector-sidecar')?.process?.pid ?? 0;

  it('keeps what it acknowledged when the engine, or all of it, is killed, and leaves nothing when it ends', async () => {
    let url = await start();
    assert.deepEqual(await call(`${url}/collections/c`, 'PUT', { vectors: { size: 2, distance: 'Dot' } }), [200, true]);
    assert.equal((await call(`${url}/collections/c/points?wait=true`, 'PUT', { points: [{ id: 1, vector: [1, 2] }] }))[0], 200);
    const engine = enginePid();
    process.kill(engine, 'SIGKILL');
    // Written down from the moment it runs, before it serves: whoever is killed in between leaves nobody behind that holds the data.
    await eventually(() => assert.ok(![engine, 0].includes(enginePid())));
    await eventually(async () =>
      assert.deepEqual(await call(`${url}/collections/c/points/1`), [200, { id: 1, payload: {}, vector: [1, 2] }]),
    );
    const metrics = await (await fetch(`${url}/metrics`)).text();
    assert.match(metrics, /^sidecar_points\{collection="c"\} 1$/m);
    assert.match(metrics, /^codeoptima_memory_backend_up/m);
    const left = pids();
    server?.kill('SIGKILL');
    await once(server as ChildProcess, 'exit');
    url = await start();
    assert.deepEqual(left.filter(isAlive), []);
    assert.deepEqual(await call(`${url}/collections/c/points/1`), [200, { id: 1, payload: {}, vector: [1, 2] }]);
    const second = spawnSync(process.execPath, [SCRIPT, '--data-dir', data_dir], { encoding: 'utf8' });
    assert.equal(second.status, 2);
    assert.match(second.stderr, /is in use by process \d+/);
    const running = pids();
    server?.kill('SIGTERM');
    assert.deepEqual(await once(server as ChildProcess, 'exit'), [0, null]);
    assert.deepEqual(running.filter(isAlive), []);
  });

  it('asks for its key', async () => {
    const path = join(folder, 'key');
    writeFileSync(path, 'a key of enough characters\n', { mode: 0o600 });
    const url = await start('--api-key-file', path);
    assert.equal((await call(`${url}/collections`))[0], 401);
    assert.equal((await call(`${url}/collections`, 'GET', undefined, { 'api-key': 'a key of enough characters' }))[0], 200);
  });

  it('encrypts what it keeps under a master key, and opens it with no other', async () => {
    if (server?.kill('SIGTERM')) await once(server, 'exit');
    const key = join(folder, 'master');
    writeFileSync(key, `${'5a'.repeat(32)}\n`, { mode: 0o600 });
    let url = await start('--master-key-file', key);
    const secret = 'a word that stands nowhere else';
    assert.deepEqual(await call(`${url}/collections/s`, 'PUT', { vectors: { size: 2, distance: 'Dot' } }), [200, true]);
    const points = [{ id: 1, vector: [1, 2], payload: { secret } }];
    assert.equal((await call(`${url}/collections/s/points?wait=true`, 'PUT', { points }))[0], 200);
    const kept = () => readdirSync(data_dir, { recursive: true, encoding: 'utf8' }).filter((path) => path.includes('/s/'));
    assert.ok(kept().some((path) => path.endsWith('/KEYS')));
    for (const path of kept()) if (/log-/.test(path)) assert.ok(!readFileSync(join(data_dir, path)).includes(secret), path);
    server?.kill('SIGTERM');
    await once(server as ChildProcess, 'exit');
    url = await start('--master-key-command', `cat ${key}`, '--rotate-keys');
    assert.deepEqual(await call(`${url}/collections/s/points/1`), [200, { ...points[0] }]);
    server?.kill('SIGTERM');
    await once(server as ChildProcess, 'exit');
    url = await start();
    assert.equal((await call(`${url}/collections/s/points/1`))[0], 500);
  });

  it('says what is wrong with its flags, and starts nothing', () => {
    const cases: [string[], RegExp][] = [
      [['--rest', 'here'], /--rest here: write HOST:PORT/],
      [['--rest', '0.0.0.0:6333'], /can be reached by others/],
      [['--nonsense'], /Unknown option/],
      [['--master-key-file', join(folder, 'none')], /none: there is no such file/],
      [['--rotate-keys'], /--rotate-keys needs the master key/],
      [['--data-dir', '/proc/none/data', '--rest', '127.0.0.1:0', '--grpc', '127.0.0.1:0'], /\/proc\/none\/data cannot be used/],
      [['--data-dir', SCRIPT, '--rest', '127.0.0.1:0', '--grpc', '127.0.0.1:0'], /local-memory\.ts cannot be used/],
    ];
    for (const [args, message] of cases) {
      const { status, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8' });
      assert.equal(status, 2);
      assert.match(stderr, message);
    }
    // Asked before the engine is built.
    const asked = (...args: string[]) => spawnSync(process.execPath, [SCRIPT, '--check', ...args]).status;
    assert.deepEqual([asked('--rest', '127.0.0.1:6333'), asked('--rest', 'here')], [0, 2]);
  });
});
