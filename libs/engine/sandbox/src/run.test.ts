import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { CodeOptimaError } from '@codeoptima/contracts';
import { checkSandbox, NODE_TARGET, run, type RunningCommand } from './index.ts';
import { explain } from './probe.ts';

test('output, exit code, input, environment and working folder reach the command', async () => {
  const seen: string[] = [];
  const result = await run({
    argv: [
      'node',
      '-e',
      'process.stdin.on("data", (d) => console.log(String(d), process.env.GREETING, process.cwd())); process.stdin.on("end", () => { console.error("err"); process.exit(3) })',
    ],
    cwd: '/usr',
    mounts: [],
    stdin: 'hello',
    env: { GREETING: 'grüß' },
    onOutput: (chunk, stream) => seen.push(`${stream}:${Buffer.from(chunk).toString()}`),
  });
  assert.equal(result.outcome, 'exited');
  assert.equal(result.exit_code, 3);
  assert.equal(result.stdout, 'hello grüß /usr\n');
  assert.equal(result.stderr, 'err\n');
  assert.deepEqual(seen.sort(), ['stderr:err\n', 'stdout:hello grüß /usr\n']);
  assert.ok(result.cpu_ms > 0 || result.wall_ms < 1000);
});

test('the Node inside is the one that runs us', async () => {
  const result = await run({ argv: [NODE_TARGET, '--version'], cwd: '/', mounts: [] });
  assert.equal(result.stdout.trim(), process.version);
});

test('death by a signal is told', async () => {
  const result = await run({ argv: ['sh', '-c', 'kill -SEGV $$'], cwd: '/', mounts: [] });
  assert.equal(result.outcome, 'signalled');
  assert.equal(result.signal, 'SIGSEGV');
});

test('a signal that was aborted before the start cancels', async () => {
  const result = await run({ argv: ['sleep', '60'], cwd: '/', mounts: [], signal: AbortSignal.abort() });
  assert.equal(result.outcome, 'cancelled');
});

test('a command stands still while it is suspended, goes on afterwards, and can be ended either way', async () => {
  const chunks: number[] = [];
  const controller = new AbortController();
  let command: RunningCommand | undefined;
  const result = run({
    argv: ['sh', '-c', 'while :; do echo .; sleep 0.01; done'],
    cwd: '/',
    mounts: [],
    signal: controller.signal,
    onOutput: () => void chunks.push(1),
    onStart: (started) => (command = started),
  });
  const seenMore = async (than: number): Promise<void> => {
    while (chunks.length <= than) await setTimeout(10);
  };
  await seenMore(0);
  command?.suspend();
  await setTimeout(100);
  const before = chunks.length;
  await setTimeout(300);
  assert.equal(chunks.length, before);
  command?.resume();
  await seenMore(before);
  command?.suspend();
  controller.abort();
  assert.equal((await result).outcome, 'cancelled');
  command?.resume();
});

test('a program that does not exist is a failed command, not an error of ours', async () => {
  const result = await run({ argv: ['no-such-program'], cwd: '/', mounts: [] });
  assert.equal(result.outcome, 'exited');
  assert.notEqual(result.exit_code, 0);
});

test('relative and missing paths are refused', async () => {
  const bad = async (mounts: { source: string; target: string; mode: 'ro' }[], cwd: string): Promise<void> =>
    await assert.rejects(run({ argv: ['true'], cwd, mounts }), (error) => error instanceof CodeOptimaError && error.code === 'bad_input');
  await bad([], 'relative');
  await bad([{ source: '/does/not/exist', target: '/x', mode: 'ro' }], '/');
});

test('the command can be pinned to one CPU', async () => {
  const result = await run({ argv: ['grep', 'Cpus_allowed_list', '/proc/self/status'], cwd: '/', mounts: [], cpu_affinity: 0 });
  assert.match(result.stdout, /\t0\n$/);
});

test('without a sandbox the same command runs in a process group of its own', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ohne Sandkasten '));
  const mounts = [{ source: folder, target: '/repo', mode: 'rw' as const }];
  const spec = {
    argv: [NODE_TARGET, '-e', 'console.log(process.cwd(), process.argv[1], process.env.FILE, process.env.HOME !== undefined)', '/repo/x'],
    cwd: '/repo',
    mounts,
  };
  const result = await run({ ...spec, env: { FILE: '/repo/y' }, unsafe_no_sandbox: true });
  assert.equal(result.stdout.trim(), `${folder} ${folder}/x ${folder}/y true`);
  const stubborn = await run({
    argv: ['sh', '-c', "trap '' TERM; sleep 60"],
    cwd: '/repo',
    mounts,
    limits: { wall_ms: 300 },
    unsafe_no_sandbox: true,
  });
  assert.equal(stubborn.outcome, 'timed_out');
  const daemon = await run({ argv: ['sh', '-c', 'sleep 60 & exit 0'], cwd: '/repo', mounts, unsafe_no_sandbox: true });
  assert.equal(daemon.outcome, 'exited');
  rmSync(folder, { recursive: true });
});

/** Runs a script of ours in a sandbox that shows our own packages: whatever it needs to create, it is refused. */
async function inside(script: string, env: Record<string, string> = {}): Promise<string> {
  const root = join(import.meta.dirname, '../../../..');
  const mounts = [{ source: root, target: root, mode: 'ro' as const }];
  const result = await run({ argv: [NODE_TARGET, '--input-type=module', '-e', script], cwd: import.meta.dirname, mounts, env: { ...env } });
  return result.stdout + result.stderr;
}

test('restricted namespaces are told in a sentence, and nothing runs', async () => {
  const output = await inside(`
    const { checkSandbox, run } = await import('./index.ts');
    console.log(JSON.stringify(await checkSandbox()));
    await run({ argv: ['true'], cwd: '/', mounts: [] }).catch((error) => console.log(error.code, error.message));`);
  assert.match(output, /"available":false/);
  assert.match(output, /user namespaces are restricted/);
  assert.match(output, /sandbox_missing Untrusted code cannot be isolated here/);
});

test('a missing bubblewrap is told in a sentence', async () => {
  const output = await inside(`const { checkSandbox } = await import('./index.ts'); console.log((await checkSandbox()).reason)`, {
    PATH: dirname(NODE_TARGET),
  });
  assert.match(output, /bwrap is missing: install the package bubblewrap/);
});

test('the probe says what it uses', async () => {
  const state = await checkSandbox();
  assert.equal(state.available, true, state.reason);
  assert.match(explain("bwrap: Can't mount proc on /newroot/proc: Operation not permitted"), /container masks it/);
  assert.match(
    explain('bwrap: No permissions to create new namespace, likely because the kernel does not allow non-privileged user namespaces'),
    /sysctl/,
  );
});
