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
