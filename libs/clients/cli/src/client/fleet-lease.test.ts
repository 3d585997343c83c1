import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fleetPort } from './fleet-port.ts';

let data_dir: string;
let calls: string[];
beforeEach(() => {
  data_dir = mkdtempSync(join(tmpdir(), 'codeoptima-lease-'));
  calls = [];
});
afterEach(() => rmSync(data_dir, { recursive: true, force: true }));

const port = (pid: number) =>
  fleetPort(
    {
      start: async () => ({ started: calls.push('start') === 1 }),
      stop: async () => ({ stopped: calls.push('stop') > 0 }),
      status: async () => [],
    },
    pid,
    (ms) => sleep(ms),
  );
const note = (): void => undefined;

test('the last user stops the fleet, whoever started it', async () => {
  const first = await port(process.pid).use({ data_dir, note });
  const second = await port(process.ppid).use({ data_dir, note });
  await first.release();
  assert.deepEqual(calls, ['start', 'start']);
  await second.release();
  assert.deepEqual(calls, ['start', 'start', 'stop']);
});

test('a fleet that was brought up stays until it is brought down', async () => {
  await port(process.pid).up({ data_dir, note });
  const use = await port(process.pid).use({ data_dir, note });
  await use.release();
  assert.deepEqual(calls, ['start', 'start']);
  await port(process.pid).down({ data_dir });
  const later = await port(process.pid).use({ data_dir, note });
  await later.release();
  assert.deepEqual(calls.slice(2), ['stop', 'start', 'stop']);
});

test('a user or lock holder that was killed counts for nothing', async () => {
  const use = await port(process.pid).use({ data_dir, note });
  const gone = JSON.stringify({ pid: 2 ** 22 - 1, start_ticks: '1' });
  writeFileSync(join(data_dir, 'clients', '4194303.json'), gone);
  writeFileSync(join(data_dir, 'clients', 'lock'), gone);
  await use.release();
  assert.deepEqual(calls, ['start', 'stop']);
});

test('what a kill or a full disk has left half-written holds up nobody', { timeout: 30_000 }, async () => {
  const use = await port(process.pid).use({ data_dir, note });
  for (const name of ['4194303.json', '4194302.json', 'lock']) writeFileSync(join(data_dir, 'clients', name), '');
  writeFileSync(join(data_dir, 'clients', '4194302.json'), '{"pid":');
  await use.release();
  assert.deepEqual(calls, ['start', 'stop']);
});

test('starts and stops wait for each other, and an interrupt ends the wait', async () => {
  let release: () => void = () => undefined;
  const control = {
    start: () => new Promise<{ started: boolean }>((resolve) => (release = () => resolve({ started: calls.push('start') > 0 }))),
    stop: async () => ({ stopped: calls.push('stop') > 0 }),
    status: async () => [],
  };
  const first = fleetPort(control, process.pid, (ms) => sleep(ms)).use({ data_dir, note });
  const interrupted = AbortSignal.timeout(200);
  await assert.rejects(port(process.ppid).use({ data_dir, note, signal: interrupted }), { code: 'cancelled' });
  const second = port(process.ppid).use({ data_dir, note });
  release();
  const uses = await Promise.all([first, second]);
  for (const use of uses) await use.release();
  assert.deepEqual(calls, ['start', 'start', 'stop']);
});

test('a fleet that cannot start leaves no user behind', async () => {
  const failing = fleetPort(
    { stop: async () => ({ stopped: true }), status: async () => [], start: () => Promise.reject(new Error('no')) },
    process.pid,
    async () => undefined,
  );
  await assert.rejects(failing.up({ data_dir, note }), /no/);
  const use = await port(process.pid).use({ data_dir, note });
  await use.release();
  assert.deepEqual(calls, ['start', 'stop']);
});
