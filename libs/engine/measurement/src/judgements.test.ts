import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEFAULT_PLAN, Pcg32 } from '@codeoptima/statistics';
import { type Calibration, chooseFlags, type FlagSetNoise } from './calibration.ts';
import { calibrationFolder } from './calibration-store.ts';
import { certifiability, probeHost } from './host.ts';
import { operationsFor, parseTotal } from './instructions.ts';
import { judgeNeutral } from './neutral.ts';
import type { MeasuredPair } from './pair.ts';
import { batchesFor } from './prepare.ts';
import type { PairedResult } from './result.ts';
import { growthOf, ladderSizes } from './size-ladder.ts';

const facts = {
  check_cold: 'a',
  check_warm: 'a',
  peak_rss_bytes: 1,
  load_cpu_ns: 1,
  setup_cpu_ns: 1,
  first_op_cpu_ns: 1,
  wall_ns: [1],
  patched: [],
};

function pair(base_ns: number, candidate_ns: number): MeasuredPair {
  const log_ratio = Math.log(base_ns / candidate_ns);
  return {
    order: 'base_first',
    base_ns,
    candidate_ns,
    base_raw: [base_ns],
    candidate_raw: [candidate_ns],
    check_equal: true,
    log_ratio,
    base: facts,
    candidate: facts,
  };
}

function result(over: Partial<PairedResult>): PairedResult {
  return {
    id: 'w',
    name: 'w',
    source: 'user',
    size: null,
    role: 'neutral',
    mode: 'stabilised',
    decision: 'not_proven',
    claimed: false,
    reason: '',
    pairs: [],
    looks: [],
    stopped: 'exhausted',
    estimate_pct: null,
    median_pct: null,
    interval_pct: null,
    provable_pct: null,
    p_value: null,
    noise_cv_pct: null,
    waited_ms: 0,
    output: { verdict: 'equal', basis: 'cold', detail: '' },
    memory: [],
    startup: [],
    plan: { ...DEFAULT_PLAN, target_pct: 5 },
    statistic: 'cpu_min',
    flags: [],
    seed: 1,
    cpu: null,
    iterations: 1,
    batches: 1,
    operation_ns: 1,
    duration_ms: 1,
    ...over,
  };
}

function slowedBy(pct: number, seed: number, name = 'w'): PairedResult {
  const random = new Pcg32(seed);
  const noise = () => 1 + 0.01 * (random.nextFraction() - 0.5);
  return result({ name, pairs: Array.from({ length: 10 }, () => pair(1000 * noise(), 1000 * (1 + pct / 100) * noise())) });
}

test('a neutral workload fails only when it is proved slower by more than 2 %', () => {
  const fine = judgeNeutral([slowedBy(0, 1), slowedBy(1.5, 2)]);
  assert.equal(fine.passed, true);
  assert.equal(fine.rows[0]?.proved_harmless, true);
  const bad = judgeNeutral([slowedBy(0, 1), slowedBy(6, 3, 'six')]);
  assert.equal(bad.passed, false);
  assert.match(bad.reason, /six \(-[56]\.\d %\)/);
  assert.equal(judgeNeutral([]).passed, true);
});

test('a neutral workload with another output fails', () => {
  assert.equal(judgeNeutral([{ ...slowedBy(0, 1), decision: 'output_differs' }]).passed, false);
  const unstable = judgeNeutral([{ ...slowedBy(0, 1), pairs: [], decision: 'unstable_output' }]);
  assert.deepEqual([unstable.passed, unstable.rows[0]?.proved_harmless], [true, false]);
});

test('the ladder has a quarter, the whole and four times, or the sizes of the workload', () => {
  assert.deepEqual(ladderSizes([100]), [25, 100, 400]);
  assert.deepEqual(ladderSizes([1000, 10, 100]), [10, 100, 1000]);
  assert.deepEqual(ladderSizes([2]), [1, 2, 8]);
});

test('growth from quadratic to linear is found and said', () => {
  const rungs = [25, 100, 400].map((size) => result({ size, pairs: [pair(size ** 2, size * 3), pair(1.02 * size ** 2, size * 3.1)] }));
  const growth = growthOf(rungs);
  assert.equal(growth?.text, 'quadratic → linear');
  assert.ok(Math.abs((growth?.base_exponent ?? 0) - 2) < 0.05);
  assert.equal(growthOf(rungs.slice(0, 1)), null);
});

test('flags: the steadiest that turns no sign, nearer to production on a near tie', () => {
  const set = (flags: string[], cv_pct: number, over: Partial<FlagSetNoise> = {}): FlagSetNoise => ({
    flags,
    cv_pct,
    signs_right: true,
    error: null,
    ...over,
  });
  assert.deepEqual(chooseFlags([set([], 8), set(['a'], 1.2), set(['b'], 1)])?.flags, ['a']);
  assert.deepEqual(chooseFlags([set([], 8), set(['a'], 2), set(['b'], 1)])?.flags, ['b']);
  assert.deepEqual(chooseFlags([set(['a'], 0.1, { signs_right: false }), set(['b'], 3)])?.flags, ['b']);
  assert.equal(chooseFlags([set(['a'], 0, { error: 'bad option' })]), null);
});

test('a calibration is kept by host and version, and a broken file is none', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'codeoptima-calibration-'));
  try {
    const store = calibrationFolder(join(dir, 'new'));
    const calibration: Calibration = {
      key: 'k',
      cpu_model: 'c',
      node_version: 'v',
      load_1m: 0,
      seed: 1,
      processes: 3,
      sets: [],
      flags: ['--a'],
      statistic: 'cpu_min',
      noise_cv_pct: 1,
    };
    assert.equal(await store.read('k'), null);
    await store.write(calibration);
    assert.deepEqual(await store.read('k'), calibration);
    await writeFile(join(dir, 'new', 'k.json'), '{');
    assert.equal(await store.read('k'), null);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

test('says when a target cannot be shown here', () => {
  // 2 (3.97 c / ln(1 / 0.95))^2 for c = 1, 3, 5 and 10 %, never fewer than 10.
  assert.deepEqual(
    [1, 3, 5, 10].map((cv) => certifiability(cv, 5).pairs_needed),
    [10, 11, 30, 120],
  );
  assert.equal(certifiability(6, 5).possible, false);
  assert.match(certifiability(9, 5).reason, /would take \d+ pairs/);
  assert.equal(certifiability(9, 50).possible, false);
  const { smallest_target_pct } = certifiability(4, 5);
  assert.ok(certifiability(4, smallest_target_pct + 0.01).pairs_needed <= 30);
});

test('probes the machine it runs on', async () => {
  const host = await probeHost(50);
  assert.ok(host.cores >= 1 && host.memory_bytes > 0 && host.node_version === process.version);
  assert.ok(host.steal_share === null || (host.steal_share >= 0 && host.steal_share <= 1));
});

test('reads callgrind totals and counts fewer operations when they are long', () => {
  assert.equal(parseTotal('fn=(1)\nsummary: 12345\n\ntotals: 12345\n'), 12345);
  assert.equal(parseTotal('nothing'), null);
  const short = operationsFor(1e5, 200);
  assert.ok(short.many > short.few && short.few >= 2);
  assert.deepEqual(operationsFor(1e9, 1), { few: 2, many: 3 });
});

test('long operations get fewer batches, and one where a batch alone is long', () => {
  assert.equal(batchesFor(20, 11), 11);
  assert.equal(batchesFor(100, 11), 6);
  assert.equal(batchesFor(250, 11), 3);
  assert.equal(batchesFor(2000, 11), 1);
});
