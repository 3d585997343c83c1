import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { Client } from 'pg';
import { isRecent, natsBinary } from './nats-binary.ts';
import { probeNats } from './nats-probe.ts';
import { startNats } from './nats.ts';
import { startPostgres } from './postgres.ts';
import { identify, isAlive, isSameProcess } from './process.ts';
import { secretFile } from './secret-file.ts';
import { socketDirectory } from './socket-directory.ts';

let root = '';
before(() => {
  root = mkdtempSync(join(tmpdir(), 'embedded é-'));
});
after(() => rmSync(root, { recursive: true, force: true }));

const query = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
};

describe('Postgres of one machine', () => {
  it('keeps what was committed through kill -9, attaches to a running server, and syncs every commit', async () => {
    const sockets = join(root, 'sockets');
    mkdirSync(sockets, { mode: 0o700 });
    const options = { dir: join(root, 'pg'), socket_dir: sockets, die_with_parent: true };
    const first = await startPostgres(options);
    await query(first.url, 'create table facts (n int)');
    await query(first.url, 'insert into facts values (42)');
    const attached = await startPostgres(options);
    assert.equal(attached.attached, true);
    assert.deepEqual(attached.process, first.process);
    await first.kill();
    assert.equal(isSameProcess(first.process), false);
    const second = await startPostgres(options);
    assert.deepEqual(await query(second.url, 'select n from facts'), [42]);
    assert.deepEqual(await query(second.url, 'show fsync'), ['on']);
    assert.deepEqual(await query(second.url, 'show listen_addresses'), ['']);
    await assert.rejects(query(second.url.replace(/:[0-9a-f]{48}@/, ':wrong@'), 'select 1'), /password authentication failed/);
    await second.stop();
    assert.equal(isAlive(second.process.pid), false);
  });

  it('starts although the number in its stale lock file belongs to another process now', async () => {
    const options = { dir: join(root, 'pg-stale'), port: 0, die_with_parent: true };
    const first = await startPostgres(options);
    const lock = join(options.dir, 'data', 'postmaster.pid');
    const content = readFileSync(lock, 'utf8');
    await first.stop();
    const stranger = spawn('sleep', ['60']);
    try {
      writeFileSync(lock, content.replace(/^\d+/, String(stranger.pid)), { mode: 0o600 });
      const second = await startPostgres(options);
      assert.equal(second.attached, false);
      assert.deepEqual(await query(second.url, 'select 1'), [1]);
      await second.stop();
    } finally {
      stranger.kill('SIGKILL');
    }
  });

  it('makes the cluster anew when the first start was interrupted half-way', async () => {
    const dir = join(root, 'pg-half');
    mkdirSync(join(dir, 'data.new', 'base'), { recursive: true });
    const server = await startPostgres({ dir, port: 0, die_with_parent: true });
    assert.deepEqual(await query(server.url, 'select 1'), [1]);
    assert.equal(existsSync(join(dir, 'data.new')), false);
    await server.stop();
  });
});

describe('nats-server of one machine', () => {
  it('keeps its port and token through kill -9 and forgets its store only when wiped', async () => {
    const options = { dir: join(root, 'nats'), die_with_parent: true };
    const first = await startNats(options);
    assert.match(first.version, /^2\./);
    const attached = await startNats(options);
    assert.equal(attached.attached, true);
    assert.equal(attached.url, first.url);
    await first.kill();
    const second = await startNats(options);
    assert.equal(second.url, first.url);
    assert.ok(readdirSync(join(options.dir, 'store')).length > 0);
    await second.wipe();
    assert.equal(isSameProcess(second.process), false);
    assert.equal(existsSync(join(options.dir, 'store')), false);
  });

  it('refuses a client without the token and shows its configuration to nobody', async () => {
    const dir = join(root, 'nats-auth');
    const server = await startNats({ dir, die_with_parent: true });
    assert.equal(await probeNats(server.port, 'not the token'), null);
    assert.notEqual(await probeNats(server.port, readFileSync(join(dir, 'token'), 'utf8')), null);
    for (const name of ['nats.conf', 'token', 'nats.log']) assert.equal(statSync(join(dir, name)).mode & 0o077, 0, name);
    await server.stop();
  });

  it('tells which server versions cannot sync every write', async () => {
    assert.equal(isRecent('2.9.10'), false);
    assert.equal(isRecent('2.10.0'), true);
    assert.equal(isRecent('3.0.1'), true);
    const old = join(root, 'old-nats-server');
    writeFileSync(old, '#!/bin/sh\necho "nats-server: v2.9.10"\n', { mode: 0o755 });
    assert.match((await natsBinary(old)).notice ?? '', /2\.9\.10 is older than 2\.10/);
    await assert.rejects(natsBinary(join(root, 'missing')), /install 2\.10 or newer/);
  });
});

describe('a secret', () => {
  it('is the same for all who make it at once, and leaves no draft', async () => {
    const dir = join(root, 'secrets');
    mkdirSync(dir);
    const rounds = 20;
    const here = new SharedArrayBuffer(4 * rounds);
    const source = `
      const { parentPort, workerData: { here, dir, rounds } } = require('node:worker_threads');
      const count = new Int32Array(here);
      import(${JSON.stringify(import.meta.resolve('./secret-file.ts'))}).then(({ secretFile }) => {
        const made = [];
        for (let round = 0; round < rounds; round += 1) {
          Atomics.add(count, round, 1);
          while (Atomics.load(count, round) < 2);
          made.push(secretFile(dir + '/' + round));
        }
        parentPort.postMessage(made);
      });`;
    const racers = [1, 2].map(() => new Worker(source, { eval: true, workerData: { here, dir, rounds } }));
    const [first, second] = (await Promise.all(racers.map((racer) => once(racer, 'message')))).flat() as string[][];
    assert.deepEqual(first, second);
    assert.equal(readdirSync(dir).length, rounds);
    assert.equal(secretFile(join(dir, '0')), first?.[0], 'and stays');
  });
});

describe('process identity', () => {
  it('is not fooled by a process number that lives on', () => {
    const me = identify(process.pid);
    assert.equal(isSameProcess(me), true);
    assert.equal(isSameProcess({ ...me, start_ticks: '1' }), false);
  });
});

describe('socket directory', () => {
  it('lies in the data directory, or in a short private one when that path is too long for a socket', () => {
    assert.equal(socketDirectory(join(root, 'd')), join(root, 'd', 'sockets'));
    const long = join(root, 'x'.repeat(120));
    const dir = socketDirectory(long);
    try {
      assert.ok(Buffer.byteLength(dir) < 78);
      assert.equal(dir, socketDirectory(long));
      assert.equal(statSync(dir).mode & 0o777, 0o700);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
