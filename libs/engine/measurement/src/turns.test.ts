import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { quieterCore } from './affinity.ts';
import { Pacer, type Suspendable } from './pacer.ts';
import { DEFAULT_SETTINGS } from './sample.ts';
import { ProcessSampler } from './sampler.ts';
import { UsualSpeed } from './usual-speed.ts';

/** A pacer that counts whose turn it was. */
class CountingPacer extends Pacer {
  readonly turns: number[] = [];

  override join(process: Suspendable): () => void {
    const index = this.turns.push(0) - 1;
    const resume = (): void => {
      this.turns[index] = (this.turns[index] as number) + 1;
      process.resume();
    };
    return super.join({ suspend: () => process.suspend(), resume });
  }
}

test('two measured processes that are started at once take turns, and both answer', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'codeoptima-turns-'));
  await writeFile(join(dir, 'package.json'), '{"name":"lib","type":"module","exports":"./index.js"}');
  await writeFile(join(dir, 'index.js'), 'export const work = (n) => { let s = 0; for (let i = 0; i < n; i++) s += i % 7; return s; };');
  const text = 'export default ({ work }) => { const f = () => work(20000); return { fn: f, check: f }; };';
  const workload = { id: 'w', name: 'w', source: 'user' as const, text, path: null, entry: null };
  const pacer = new CountingPacer(null, new UsualSpeed(), 0);
  try {
    await using sampler = await ProcessSampler.create({ workload, entry: 'index.js', cpu: await quieterCore(10), pacer });
    assert.equal(sampler.takesTurns, true);
    const settings = { ...DEFAULT_SETTINGS, settle_ms: 0, batches: 5 };
    const outcomes = await Promise.all([sampler.take(dir, settings), sampler.take(dir, settings)]);
    for (const outcome of outcomes) assert.ok(outcome.ok, outcome.ok ? '' : outcome.message);
    assert.ok(Math.min(...pacer.turns) >= 5 && pacer.turns.length === 2, `${pacer.turns.join(' and ')} turns`);
    const alone = await sampler.take(dir, { ...settings, paced: false });
    assert.ok(alone.ok);
    assert.equal(pacer.turns.length, 2, 'what reads the wall clock joins no turns');
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
