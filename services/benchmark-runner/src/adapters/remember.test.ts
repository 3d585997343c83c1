import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type ArtifactStore, openDirectoryStore } from '@codeoptima/artifacts';
import type { VerifyResult } from '@codeoptima/contracts';
import { projectOf, verdictOf } from '@codeoptima/experience';
import { MemoryServer } from '@codeoptima/testkit';
import { rememberVerdict } from './remember.ts';

let dir = '';
let store: ArtifactStore;
let memory: MemoryServer;

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'codeoptima-remember-'));
  store = await openDirectoryStore(join(dir, 'objects'));
  mkdirSync(join(dir, 'sockets'), { mode: 0o700 });
  memory = await MemoryServer.start(`unix:${join(dir, 'sockets', 'm.sock')}`);
});
after(async () => {
  await memory.stop();
  rmSync(dir, { recursive: true, force: true });
});

const RESULT: VerifyResult = {
  verdict: 'certified',
  reason: 'It is faster.',
  checks: [],
  estimate_pct: 30,
  provable_pct: 22,
  evidence: `sha256:${'0'.repeat(64)}`,
};

/** The part of a task that is read; `epoch` is the attempt's. */
async function context(epoch: bigint, subject = true): Promise<Parameters<typeof rememberVerdict>[1]> {
  const before = await store.put('function f(a) { return a.slow(); }');
  const after = await store.put('function f(a) { return a.fast(); }');
  const known = { language: 'js', symbol: 'f', before, after, function_hash: 'h', change_hash: 'c' };
  const payload = {
    run_id: 'r',
    repository: '/srv/lib',
    baseline: { toolchain: { runtime_version: 'v24' } },
    config: { target_pct: 5 },
    candidate: { id: 'c1', rule: 'some-rule', file: 'a.js', title: 'perf(a): less', subject: subject ? known : null },
  };
  const made = { payload, artifacts: store, item_id: 'item-1', epoch, log: { warn: () => undefined } };
  return made as unknown as Parameters<typeof rememberVerdict>[1];
}

test('a verdict is kept once, with its reason, under the epoch of its attempt', async () => {
  const reach = { address: memory.address };
  assert.deepEqual(await rememberVerdict(reach, await context(2n), RESULT, 1000), { state: 'used', note: null });
  await rememberVerdict(reach, await context(2n), { ...RESULT, verdict: 'not_proven' }, 2000);
  assert.equal(memory.memories.size, 1, 'the newer verdict on the same idea replaces the older');
  const [kept] = memory.memories.values();
  assert.ok(kept);
  const data = verdictOf(kept.memory);
  assert.deepEqual(
    [data?.verdict, data?.rule, data?.repository, data?.runtime, data?.at_ms],
    ['not_proven', 'some-rule', projectOf('/srv/lib'), 'v24', 2000],
  );
  assert.equal(kept.memory.code?.source, 'function f(a) { return a.slow(); }');
});

test('an attempt that lost its lease changes nothing, and does not fail for it', async () => {
  const late = await rememberVerdict({ address: memory.address }, await context(1n), RESULT, 3000);
  assert.equal(late.state, 'down');
  const [kept] = memory.memories.values();
  assert.equal(kept && verdictOf(kept.memory)?.at_ms, 2000);
});

test('no memory, one that is down and a candidate without its function are no obstacle', async () => {
  assert.deepEqual(await rememberVerdict(null, await context(3n), RESULT, 1), { state: 'absent', note: null });
  assert.deepEqual(await rememberVerdict({ address: memory.address }, await context(3n, false), RESULT, 1), { state: 'used', note: null });
  const down = await rememberVerdict({ address: `unix:${join(dir, 'sockets', 'none.sock')}` }, await context(3n), RESULT, 1);
  assert.equal(down.state, 'down');
  assert.match(down.note ?? '', /Not every verdict could be remembered/);
});
