import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DEFAULT_SETTINGS, type SampleOutcome } from './sample.ts';
import { ProcessSampler } from './sampler.ts';
import { commandModule } from './workload.ts';

const folders: string[] = [];
after(async () => {
  for (const dir of folders) await rm(dir, { recursive: true, force: true });
});

const SETTINGS = { ...DEFAULT_SETTINGS, batches: 1, flags: ['--predictable'], timeout_ms: 120_000 };

async function take(command: string, work = 'console.log(6 * 7);'): Promise<SampleOutcome> {
  const dir = await mkdtemp(join(tmpdir(), 'codeoptima-command-'));
  folders.push(dir);
  await writeFile(join(dir, 'tool.mjs'), work);
  const workload = { id: 'w', name: 'w', source: 'user', text: commandModule(command), path: null, entry: null, command } as const;
  await using sampler = await ProcessSampler.create({ workload, entry: null, cpu: null });
  return await sampler.take(dir, SETTINGS);
}

const BUSY = 'const end = process.cpuUsage().user + 150_000; while (process.cpuUsage().user < end); console.log(6 * 7);';

test('a command is measured as a whole, with the processor time of all its processes, and checked by what it prints', async () => {
  const [quick, busy, through] = [await take('node tool.mjs'), await take('node tool.mjs', BUSY), await take('node tool.mjs | cat', BUSY)];
  assert.ok(quick.ok && busy.ok && through.ok, JSON.stringify([quick, busy, through]));
  const least = ({ sample }: Extract<SampleOutcome, { ok: true }>): number => Math.min(...sample.cpu_ns);
  assert.ok(least(busy) > 150e6 && least(through) > 150e6, 'at least what its process used');
  assert.ok(least(quick) < least(busy));
  assert.equal(quick.sample.check_cold, busy.sample.check_cold);
  assert.equal(quick.sample.check_cold, busy.sample.check_warm);
  assert.equal(quick.sample.check_preview, '42\n');
});

test('a command that fails or is not there is told as such', async () => {
  for (const command of ['exit 3', 'no-such-program-anywhere']) {
    const outcome = await take(command);
    assert.ok(!outcome.ok);
    assert.equal(outcome.kind, 'workload_failed');
    assert.match(outcome.message, /the command ended with (3|127)/);
  }
});
