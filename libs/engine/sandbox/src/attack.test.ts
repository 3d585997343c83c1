import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { NODE_TARGET, run, type SandboxResult, type SandboxSpec } from './index.ts';

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs JavaScript inside, with the folder writable at /repo. */
const attack = async (code: string, more: Partial<SandboxSpec> = {}): Promise<SandboxResult> =>
  await run({ argv: [NODE_TARGET, '-e', code], cwd: '/repo', mounts: [{ source: folder, target: '/repo', mode: 'rw' }], ...more });

/** Processes of the host whose command line contains the marker. */
const survivors = (marker: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(marker);
    } catch {
      return false;
    }
  });

test('a fork bomb is bounded and leaves nothing behind', async () => {
  const marker = `bomb${process.pid}`;
  const bomb = `bomb() { bomb "$1" | bomb "$1" & }; bomb ${marker}; sleep 60`;
  const result = await run({ argv: ['sh', '-c', bomb], cwd: '/', mounts: [], limits: { processes: 50, wall_ms: 3000 } });
  assert.notEqual(result.outcome === 'exited' && result.exit_code === 0, true);
  assert.deepEqual(survivors(marker), []);
});

test('a file grows to the limit and no further', async () => {
  const code = `try { const f = fs.openSync('big', 'w'); const b = Buffer.alloc(1 << 20); for (let i = 0; i < 10240; i++) fs.writeSync(f, b); } catch (e) { console.log(e.code) }`;
  const result = await attack(code, { limits: { file_bytes: 8 << 20 } });
  assert.match(result.stdout, /EFBIG/);
  assert.equal(statSync(join(folder, 'big')).size, 8 << 20);
});

test('temporary files are bounded', async () => {
  const code = `try { for (let i = 0; i < 64; i++) fs.writeFileSync('/tmp/' + i, Buffer.alloc(1 << 20)) } catch (e) { console.log(e.code) }`;
  const result = await attack(code, { limits: { file_bytes: 8 << 20 } });
  assert.match(result.stdout, /ENOSPC/);
});

test('neither the internet nor a server of the host can be reached, while its own loopback works', async (t) => {
  const server = createServer((socket) => socket.end('secret')).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const code = `
    const net = require('net');
    const dial = (host, port) => new Promise((r) => net.connect(port, host).on('connect', () => r('open')).on('error', (e) => r(e.code)));
    const own = net.createServer().listen(0, '127.0.0.1', async () => {
      console.log(JSON.stringify([await dial('127.0.0.1', own.address().port), await dial('127.0.0.1', ${address.port}), await dial('192.0.2.1', 80)]));
      process.exit(0);
    });`;
  const result = await attack(code);
  assert.deepEqual(JSON.parse(result.stdout), ['open', 'ECONNREFUSED', 'ENETUNREACH']);
});

test("the user's home and environment cannot be read", async () => {
  process.env['CODEOPTIMA_TEST_SECRET'] = 'hunter2';
  const places = [process.env['HOME'] ?? '/root', '/root', '/etc/shadow', '/var', '/sys', '/proc/1/environ', tmpdir()];
  const code = `for (const p of ${JSON.stringify(places)}) { try { console.log(p, fs.statSync(p).isFile() ? fs.readFileSync(p, 'utf8') : fs.readdirSync(p).join()) } catch (e) { console.log(p, e.code) } }
    console.log(JSON.stringify(process.env)); try { console.log(fs.readFileSync('/proc/' + process.ppid + '/environ', 'utf8')) } catch (e) { console.log(e.code) }`;
  const result = await attack(code);
  delete process.env['CODEOPTIMA_TEST_SECRET'];
  assert.equal(result.exit_code, 0);
  assert.doesNotMatch(result.stdout + result.stderr, /hunter2/);
  assert.match(result.stdout, /\/etc\/shadow ENOENT/);
  assert.match(result.stdout, /\/root ENOENT/);
  assert.doesNotMatch(result.stdout, new RegExp(folder.split('/').at(-1) ?? '-'));
});

test('processes of the host are neither seen, traced nor signalled', async (t) => {
  const victim = spawn('sleep', ['60'], { stdio: 'ignore' });
  t.after(() => victim.kill('SIGKILL'));
  const code = `
    const pid = ${victim.pid};
    const seen = fs.existsSync('/proc/' + pid) ? fs.readFileSync('/proc/' + pid + '/cmdline', 'utf8') : 'absent';
    let kill; try { process.kill(pid, 9); kill = 'sent' } catch (e) { kill = e.code }
    const mem = ['/proc/kcore', '/proc/' + pid + '/mem'].map((p) => { try { const b = Buffer.alloc(64); return fs.readSync(fs.openSync(p), b, 0, 64, 0) > 0 ? 'open' : 'empty' } catch (e) { return e.code } });
    const trace = require('child_process').spawnSync('strace', ['-p', String(pid)], { encoding: 'utf8' });
    console.log(JSON.stringify({ seen, kill, mem, trace: trace.error?.code ?? trace.stderr, pids: fs.readdirSync('/proc').filter((n) => /^\\d+$/.test(n)).length }));`;
  const result = await attack(code);
  const seen = JSON.parse(result.stdout) as { seen: string; kill: string; mem: string[]; trace: string; pids: number };
  assert.equal(seen.seen, 'absent');
  assert.equal(seen.kill, 'ESRCH');
  assert.ok(!seen.mem.includes('open'), String(seen.mem));
  assert.match(seen.trace, /ENOENT|No such process|not permitted/);
  assert.ok(seen.pids < 10);
  assert.equal(victim.exitCode, null);
});

test('a symbolic link out of the tree leads nowhere', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'outside-'));
  writeFileSync(join(outside, 'secret'), 'hunter2');
  symlinkSync(join(outside, 'secret'), join(folder, 'link'));
  const result = await attack(
    `try { console.log(fs.readFileSync('link', 'utf8')) } catch (e) { console.log(e.code) } try { fs.writeFileSync('link', 'x') } catch (e) { console.log(e.code) }`,
  );
  assert.deepEqual(result.stdout.trim().split('\n'), ['ENOENT', 'ENOENT']);
  assert.equal(readFileSync(join(outside, 'secret'), 'utf8'), 'hunter2');
  rmSync(outside, { recursive: true });
});

test('only the named mounts can be written', async () => {
  const places = [
    '/usr/x',
    '/etc/x',
    '/x',
    '/opt/codeoptima/bin/node',
    '/opt/x',
    '/dev/x',
    '/proc/sys/kernel/core_pattern',
    '/proc/sysrq-trigger',
    '/proc/sys/vm/drop_caches',
    '/read-only/x',
  ];
  const code = `for (const p of ${JSON.stringify(places)}) { try { fs.writeFileSync(p, 'x'); console.log('wrote ' + p) } catch {} } fs.writeFileSync('allowed', 'x')`;
  const mounts = [
    { source: folder, target: '/repo', mode: 'rw' as const },
    { source: folder, target: '/read-only', mode: 'ro' as const },
  ];
  const result = await attack(code, { mounts });
  assert.equal(result.exit_code, 0, result.stderr);
  assert.equal(result.stdout, '');
  assert.ok(existsSync(join(folder, 'allowed')));
});

test('a command that ignores SIGTERM is killed, with its children', async () => {
  const marker = `stubborn${process.pid}`;
  const result = await run({
    argv: ['sh', '-c', `trap '' TERM; sh -c "trap '' TERM; while :; do sleep 1; done" ${marker}`],
    cwd: '/',
    mounts: [],
    limits: { wall_ms: 500 },
  });
  assert.equal(result.outcome, 'timed_out');
  assert.equal(result.exit_code, null);
  assert.deepEqual(survivors(marker), []);
});

test('a command may end in order after SIGTERM', async () => {
  const code = `process.on('SIGTERM', () => { console.log('goodbye'); process.exit(0) }); setInterval(() => {}, 1000); console.log('ready')`;
  const stop = new AbortController();
  const result = await attack(code, { signal: stop.signal, onOutput: () => stop.abort() });
  assert.equal(result.outcome, 'cancelled');
  assert.match(result.stdout, /goodbye/);
});

test('a daemon that forked twice ends with its command', async () => {
  const marker = `daemon${process.pid}`;
  const result = await run({
    argv: ['sh', '-c', `setsid sh -c 'sleep 60 & wait' ${marker} >/dev/null 2>&1 & sleep 0.2; exit 0`],
    cwd: '/',
    mounts: [],
  });
  assert.equal(result.outcome, 'exited');
  assert.deepEqual(survivors(marker), []);
});

test('more output than allowed ends the command', async () => {
  const result = await attack(`const s = 'x'.repeat(1 << 16); (function more() { process.stdout.write(s, more) })()`, {
    limits: { output_bytes: 1 << 20 },
  });
  assert.equal(result.outcome, 'output_limit');
  assert.equal(result.truncated, true);
  assert.equal(result.stdout.length, 1 << 20);
});

test('more memory than allowed ends the command', async () => {
  const result = await attack(`const all = []; for (;;) all.push(Buffer.alloc(1 << 24, 1))`, {
    limits: { memory_bytes: 256 << 20, wall_ms: 120_000 },
  });
  assert.equal(result.outcome, 'memory_limit');
  assert.equal(result.exit_code, null);
});

test('CPU time is limited', async () => {
  const result = await attack('for (;;);', { limits: { cpu_s: 1, wall_ms: 120_000 } });
  assert.equal(result.outcome, 'timed_out');
});

test('namespaces cannot be nested and the terminal cannot be fed', async () => {
  const result = await run({ argv: ['unshare', '--user', '--map-root-user', 'id'], cwd: '/', mounts: [] });
  assert.notEqual(result.exit_code, 0);
  const terminal = await run({ argv: ['sh', '-c', 'echo x > /dev/tty'], cwd: '/', mounts: [] });
  assert.notEqual(terminal.exit_code, 0);
});
