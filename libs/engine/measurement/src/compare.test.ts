import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CodeOptimaError } from '@codeoptima/contracts';
import { DEFAULT_PLAN, Pcg32 } from '@codeoptima/statistics';
import { type CompareInput, comparePairs } from './compare.ts';
import type { Sample, SampleOutcome, Sampler, SampleSettings } from './sample.ts';

interface SyntheticArm {
  ns: number;
  noise: number;
  check?: (call: number) => string;
  patched?: string[];
  rss?: number;
  fail?: SampleOutcome;
  /** Number of samples of all arms before it begins to fail. */
  fails_after?: number;
}

/** Arms with known times and noise, so that the decision can be checked without a machine. */
function synthetic(arms: Record<string, SyntheticArm>, seed = 3): Sampler & { calls: string[] } {
  const random = new Pcg32(seed);
  const calls: string[] = [];
  return {
    calls,
    take: async (dir, settings) => {
      calls.push(dir);
      const arm = arms[dir] as SyntheticArm;
      if (arm.fail && calls.length > (arm.fails_after ?? 0)) return arm.fail;
      const level = arm.ns * Math.exp(arm.noise * (random.nextFraction() + random.nextFraction() - 1));
      const times = Array.from({ length: settings.batches }, () => level * (1 + 0.002 * random.nextFraction()));
      const check = arm.check?.(calls.length) ?? 'same';
      const sample: Sample = {
        iterations: settings.iterations || 100,
        calibrated_iterations: 100,
        settled_cpu_ns: 1e6,
        cpu_ns: times,
        thread_ns: times,
        wall_ns: times,
        load_cpu_ns: 1e6,
        setup_cpu_ns: 1e5,
        first_op_cpu_ns: 1e5,
        check_cold: check,
        check_warm: check,
        check_preview: check,
        peak_rss_bytes: arm.rss ?? 5e7,
        allocated_bytes_per_op: 1000,
        sizes: null,
        asynchronous: false,
        patched: { critical: [], others: arm.patched ?? [] },
      };
      return { ok: true, sample };
    },
  };
}

const input: CompareInput = {
  trees: { base: 'base', candidate: 'candidate' },
  workload: { id: 'w', name: 'w', source: 'user' },
  plan: { ...DEFAULT_PLAN, target_pct: 5 },
  mode: 'stabilised',
  role: 'target',
  flags: ['--predictable'],
  seed: 11,
  cpu: null,
};

test('a clear gain is improved, claimed and its provable gain lies below the truth', async () => {
  const sampler = synthetic({ base: { ns: 1000, noise: 0.02 }, candidate: { ns: 600, noise: 0.02 } });
  const result = await comparePairs(sampler, input);
  assert.equal(result.decision, 'improved');
  assert.equal(result.claimed, true);
  assert.equal(result.pairs.length, 10);
  assert.equal(result.statistic, 'cpu_min');
  assert.ok(result.provable_pct !== null && result.provable_pct > 35 && result.provable_pct <= 40);
  assert.ok(result.estimate_pct !== null && Math.abs(result.estimate_pct - 40) < 2);
  assert.ok(result.interval_pct !== null && result.interval_pct[0] <= result.provable_pct);
  assert.equal(sampler.calls.length, 2 + 2 * 10);
});

test('without stabilising flags each pair has a warm-up and batches of its own length, both arms the same', async () => {
  const taken: SampleSettings[] = [];
  const sampler = synthetic({ base: { ns: 1000, noise: 0.02 }, candidate: { ns: 600, noise: 0.02 } });
  const watched: Sampler = { take: (dir, settings) => (taken.push(settings), sampler.take(dir, settings)) };
  const lengths = ({ iterations, warmup_ms }: SampleSettings): string => `${iterations} ${warmup_ms}`;
  for (const [mode, least, most] of [
    ['production', 9, 10],
    ['stabilised', 1, 1],
  ] as const) {
    taken.length = 0;
    await comparePairs(watched, { ...input, mode });
    const pairs = taken.slice(2);
    const distinct = new Set(pairs.map(lengths)).size;
    assert.ok(distinct >= least && distinct <= most, `${distinct} lengths in ${mode}`);
    for (let i = 0; i < pairs.length; i += 2) assert.equal(lengths(pairs[i] as SampleSettings), lengths(pairs[i + 1] as SampleSettings));
    assert.ok(pairs.every(({ iterations, warmup_ms }) => iterations >= 75 && iterations <= 125 && warmup_ms >= 300 && warmup_ms <= 600));
  }
});

test('identical arms prove nothing, in both orders of the pairs', async () => {
  const sampler = synthetic({ base: { ns: 1000, noise: 0.02 }, candidate: { ns: 1000, noise: 0.02 } });
  const result = await comparePairs(sampler, input);
  assert.equal(result.decision, 'not_proven');
  assert.deepEqual(new Set(result.pairs.map((p) => p.order)), new Set(['base_first', 'candidate_first']));
  assert.equal(result.provable_pct === null || result.provable_pct < 5, true);
});

test('whoever asked may end the pairs before the plan does, and a look is taken at what there is', async () => {
  const sampler = synthetic({ base: { ns: 1000, noise: 0.02 }, candidate: { ns: 900, noise: 0.02 } });
  const result = await comparePairs(sampler, { ...input, enough: (log_ratios) => log_ratios.length === 4 });
  assert.equal(result.pairs.length, 4);
  assert.equal(result.looks.length, 1);
  assert.ok(result.interval_pct !== null && result.median_pct !== null && Math.abs(result.median_pct - 10) < 4);
});

test('another output ends the comparison before a single pair and shows where it differs', async () => {
  const sampler = synthetic({ base: { ns: 1000, noise: 0 }, candidate: { ns: 1, noise: 0, check: () => 'other' } });
  const result = await comparePairs(sampler, input);
  assert.equal(result.decision, 'output_differs');
  assert.equal(result.pairs.length, 0);
  assert.match(result.reason, /same.*other/);
});

test('a base that differs from itself is unstable, not different', async () => {
  const sampler = synthetic({
    base: { ns: 1000, noise: 0, check: (n) => `v${n}` },
    candidate: { ns: 900, noise: 0, check: (n) => `v${n}` },
  });
  const result = await comparePairs(sampler, input);
  assert.equal(result.decision, 'unstable_output');
});

test('a candidate that fails differs; one that forges or patches is tampered; a base that fails is bad input', async () => {
  const good = { ns: 1000, noise: 0 };
  const crash: SampleOutcome = { ok: false, kind: 'workload_failed', message: 'it threw' };
  const forged: SampleOutcome = { ok: false, kind: 'tampered', message: 'forged' };
  const decisionOf = async (candidate: SyntheticArm) => (await comparePairs(synthetic({ base: good, candidate }), input)).decision;
  assert.equal(await decisionOf({ ...good, fail: crash }), 'output_differs');
  assert.equal(await decisionOf({ ...good, fail: forged }), 'tampered');
  assert.equal(await decisionOf({ ns: 100, noise: 0, patched: ['Array.prototype.map'] }), 'tampered');
  await assert.rejects(
    comparePairs(synthetic({ base: { ...good, fail: crash }, candidate: good }), input),
    (error: unknown) => error instanceof CodeOptimaError && error.code === 'bad_input' && /it threw/.test(error.message),
  );
});

test('a base that stops working in the middle is unstable, and no fault of the candidate', async () => {
  const fail: SampleOutcome = { ok: false, kind: 'workload_failed', message: 'it threw' };
  const sampler = synthetic({ base: { ns: 1000, noise: 0, fail, fails_after: 6 }, candidate: { ns: 900, noise: 0 } });
  assert.equal((await comparePairs(sampler, input)).decision, 'unstable_output');
});

test('a candidate that needs more memory shows on the memory axis', async () => {
  const sampler = synthetic({ base: { ns: 1000, noise: 0.01, rss: 1.2e8 }, candidate: { ns: 500, noise: 0.01, rss: 1.8e8 } });
  const result = await comparePairs(sampler, input);
  const peak = result.memory.find((m) => m.metric === 'peak resident set');
  assert.ok(peak?.exceeds_limit);
  assert.ok(Math.abs(peak.change_pct - 50) < 1e-9);
});

test('the same seed gives the same order of pairs', async () => {
  const orders = async () => {
    const sampler = synthetic({ base: { ns: 1000, noise: 0.02 }, candidate: { ns: 600, noise: 0.02 } });
    return (await comparePairs(sampler, input)).pairs.map((p) => p.order);
  };
  assert.deepEqual(await orders(), await orders());
});

test('stops when told to', async () => {
  const sampler = synthetic({ base: { ns: 1000, noise: 0.02 }, candidate: { ns: 600, noise: 0.02 } });
  const controller = new AbortController();
  const stopping: Sampler = {
    take: (dir, settings, signal) => {
      signal?.throwIfAborted();
      if (sampler.calls.length === 5) controller.abort(new CodeOptimaError('cancelled', 'stop'));
      return sampler.take(dir, settings);
    },
  };
  await assert.rejects(comparePairs(stopping, { ...input, signal: controller.signal }), { code: 'cancelled' });
});
