import { gainPctOfLogRatio, logRatio, median, Pcg32, provableGainPct } from '@codeoptima/statistics';
import { CandidateEvidence, type CandidateEvidenceInput } from '../schema/candidate.ts';
import type { WorkloadMeasurement } from '../schema/measurement.ts';
import { EVIDENCE_SCHEMA, RunEvidence } from '../schema/run.ts';

const REF = `sha256:${'0'.repeat(64)}`;

export interface Measured {
  name: string;
  role: WorkloadMeasurement['role'];
  mode?: WorkloadMeasurement['mode'];
  size?: number;
  base_ns: number;
  /** Old time / new time. */
  ratio: number;
  pairs: number;
  /** Relative noise of one process. */
  noise: number;
}

/** A measurement with seeded noise, its figures computed by the real statistics. */
export function measured(
  { name, role, mode = 'stabilised', size, base_ns, ratio, pairs, noise }: Measured,
  rng: Pcg32,
): WorkloadMeasurement {
  const sample = (centre: number): number => centre * (1 + noise * (unit(rng) + unit(rng) + unit(rng) - 1.5));
  const drawn = Array.from({ length: pairs }, () => {
    const base = sample(base_ns);
    const candidate = sample(base_ns / ratio);
    return {
      order: unit(rng) < 0.5 ? ('base_first' as const) : ('candidate_first' as const),
      base_ns: base,
      candidate_ns: candidate,
      base_raw: [base, base * 1.02],
      candidate_raw: [candidate, candidate * 1.02],
      check_equal: true,
    };
  });
  const ratios = drawn.map((pair) => logRatio(pair.base_ns, pair.candidate_ns));
  const estimate = gainPctOfLogRatio(median(ratios));
  return {
    id: name,
    name,
    source: 'repository',
    size: size ?? null,
    role,
    mode,
    pairs: drawn,
    estimate_pct: estimate,
    interval_pct: [estimate - 160 * noise, estimate + 140 * noise],
    provable_pct: role === 'target' ? provableGainPct(ratios, 0.0025) : null,
    p_value: role === 'control' ? 0.47 : 0.00098,
    looks: [],
  };
}

const unit = (rng: Pcg32): number => rng.nextUint32() / 2 ** 32;

const PATCH = `diff --git a/src/orders.ts b/src/orders.ts
--- a/src/orders.ts
+++ b/src/orders.ts
@@ -12,8 +12,10 @@ export interface Order {
 /** Lines of known products, in the order they came. */
 export function knownLines(order: Order, products: readonly string[]): Line[] {
-  const known: Line[] = [];
+  // Same values, looked up in constant time: NaN and order of lines behave as before.
+  const productSet = new Set(products);
+  const known: Line[] = [];
   for (const line of order.lines) {
-    if (products.includes(line.product)) known.push(line); // quadratic in the worst case
+    if (productSet.has(line.product)) known.push(line); // quadratic in the worst case
   }
   return known.length > 0 ? known : [];
 }
`;

/** A certified change as the verifier would write it. */
export function certifiedCandidate(seed = 7): CandidateEvidence {
  const rng = new Pcg32(BigInt(seed), 1n);
  const workloads = [
    measured({ name: 'large orders', role: 'target', size: 4000, base_ns: 4.1e6, ratio: 1.62, pairs: 15, noise: 0.03 }, rng),
    measured({ name: 'large orders', role: 'size_ladder', size: 400, base_ns: 61_000, ratio: 1.2, pairs: 10, noise: 0.03 }, rng),
    measured({ name: 'large orders', role: 'size_ladder', size: 40, base_ns: 1450, ratio: 0.99, pairs: 10, noise: 0.03 }, rng),
    measured({ name: 'large orders', role: 'size_ladder', size: 12_000, base_ns: 3.6e7, ratio: 2.9, pairs: 10, noise: 0.03 }, rng),
    measured(
      { name: 'large orders', role: 'confirmation', mode: 'production', size: 4000, base_ns: 3.3e6, ratio: 1.5, pairs: 10, noise: 0.09 },
      rng,
    ),
    measured({ name: 'parse and print', role: 'neutral', base_ns: 220_000, ratio: 1.003, pairs: 15, noise: 0.02 }, rng),
    measured({ name: 'large orders', role: 'control', size: 4000, base_ns: 4.1e6, ratio: 1, pairs: 15, noise: 0.03 }, rng),
  ];
  const written: CandidateEvidenceInput = {
    candidate: {
      id: 'cand-1',
      source: 'rule',
      rule: 'includes-in-loop-to-set',
      file: 'src/orders.ts',
      symbol: 'knownLines',
      hotspot_id: 'h1',
      patch: REF,
      changed_lines: 5,
      title: 'perf(orders): look products up in a Set',
      explanation:
        'knownLines asks products.includes for every line, which walks the whole list each time: lines × products steps. The list does not change in the loop, so one Set built before it answers each question in constant time.',
      risk: 'Set and includes agree on every value, NaN too. Building the Set costs time on very short lists.',
      safety: 'safe',
    },
    verdict: 'certified',
    reason: 'faster on the target, slower nowhere',
    checks: [
      { name: 'guards', outcome: 'passed', detail: 'touches src/orders.ts only', duration_ms: 4 },
      { name: 'types', outcome: 'passed', detail: 'tsc --noEmit', duration_ms: 3120 },
      { name: 'tests', outcome: 'passed', detail: '141 of 141 in the gate', duration_ms: 2410 },
      { name: 'replay', outcome: 'passed', detail: '212 sessions, 1 840 further inputs', duration_ms: 9040 },
      { name: 'oracle_strength', outcome: 'warning', detail: '22 of 24 planted faults noticed', duration_ms: 12_800 },
      { name: 'quick_trial', outcome: 'passed', detail: 'worth measuring', duration_ms: 4100 },
      { name: 'certification', outcome: 'passed', detail: 'rejected at the second look, 15 pairs', duration_ms: 31_500 },
      { name: 'memory', outcome: 'skipped', detail: 'not compared', duration_ms: 0 },
      { name: 'confirmation', outcome: 'passed', detail: 'same sign in production mode', duration_ms: 21_000 },
    ],
    patch: PATCH,
    measurement: {
      workloads,
      callgrind: [{ workload_id: 'large orders', base_per_op: 18_204_117, candidate_per_op: 9_910_552, agrees: true }],
      growth: { base_exponent: 1.94, candidate_exponent: 1.21 },
    },
    behaviour: {
      functions: [{ name: 'knownLines', file: 'src/orders.ts', sessions: 212 }],
      sessions: 212,
      searched: 1840,
      oracle_strength: {
        mutants: 25,
        killed: 22,
        equivalent: 1,
        survivors: ['src/orders.ts:21 known.length > 0 → known.length >= 0', 'src/orders.ts:18 order of pushes reversed'],
      },
      uncovered: ['src/orders.ts:22 the branch of an empty result'],
    },
    tests: { before: { total: 143, passed: 141 }, after: { total: 143, passed: 141 }, regressed: [] },
    seeds: { pair_order: 20_240_817, search: 99 },
    flags: { stabilised: ['--predictable', '--predictable-gc-schedule'], production: [] },
    durations_ms: { measurement: 61_000 },
    reproduce: 'codeoptima reproduce 7f3a12c9 cand-1',
  };
  return CandidateEvidence.parse(written);
}

/** A change that computed something else, with its smallest witness. */
export function differingCandidate(): CandidateEvidence {
  const base = certifiedCandidate(11);
  return CandidateEvidence.parse({
    ...base,
    candidate: {
      ...base.candidate,
      id: 'cand-2',
      rule: 'nested-find-to-map',
      symbol: 'joinCustomers',
      file: 'src/customers.ts',
      title: 'perf(customers): join by Map',
    },
    verdict: 'behaviour_differs',
    reason: 'two customers with one id: the old code takes the first, the new one the last',
    measurement: null,
    checks: [
      { name: 'tests', outcome: 'passed', detail: '141 of 141 in the gate', duration_ms: 2300 },
      { name: 'replay', outcome: 'failed', detail: 'differs on 1 of 212 sessions', duration_ms: 5100 },
    ],
    behaviour: {
      functions: [
        {
          name: 'joinCustomers',
          file: 'src/customers.ts',
          sessions: 40,
          calls_seen: 911,
          not_carried: { 'closure over local variables': 3 },
          sizes: { 0: 1, 3: 900, 12: 10 },
        },
      ],
      sessions: 40,
      searched: 0,
      sealed: { sessions: 12, replayed: 11 },
      uncovered: ['src/customers.ts: forget (no test runs it)'],
      difference: {
        function: 'joinCustomers',
        input: 'joinCustomers([{ id: 1, n: "a" }, { id: 1, n: "b" }], [{ customer: 1 }])',
        base: '[{ customer: 1, n: "a" }]',
        candidate: '[{ customer: 1, n: "b" }]',
        domain: 'in',
        found_by: 'a recorded call, in a fresh process',
        as_test: "test('joinCustomers', () => {});",
      },
    },
    findings: [
      {
        guard: 'literal-table',
        severity: 'needs_person',
        file: 'src/customers.ts',
        line: 7,
        message: 'A table of more than 24 literals is new.',
      },
    ],
    surface: ['src/customers.ts: The export joinCustomers changed from function(_) to function(_,_).'],
    not_covered: ['types of the entry .: no TypeScript source of it was found'],
  });
}

/** A change that is correct and brings nothing. */
export function unprovenCandidate(): CandidateEvidence {
  const base = certifiedCandidate(13);
  const rng = new Pcg32(21n, 1n);
  return CandidateEvidence.parse({
    ...base,
    candidate: {
      ...base.candidate,
      id: 'cand-3',
      rule: 'split-first-to-slice',
      symbol: 'firstWord',
      file: 'src/text.ts',
      title: 'perf(text): slice in place of split',
    },
    verdict: 'not_proven',
    reason: '30 pairs did not show 5 %',
    measurement: { workloads: [measured({ name: 'titles', role: 'target', base_ns: 910, ratio: 1.012, pairs: 30, noise: 0.03 }, rng)] },
  });
}

/** A run with one accepted and two rejected candidates. */
export function sampleRun(changes: Partial<RunEvidence> = {}): RunEvidence {
  const hot = (id: string, symbol: string, file: string, inclusive_share: number, self_share: number) => ({
    id,
    file,
    symbol,
    start_line: 12,
    end_line: 22,
    inclusive_share,
    self_share,
    calls: 40,
    growth: 2.9,
    reached_by_tests: true,
    workload_id: 'w1',
    score: inclusive_share,
    reasons: ['grows with the square of the lines', 'reached by 9 tests'],
  });
  return RunEvidence.parse({
    schema: EVIDENCE_SCHEMA,
    run_id: '7f3a12c9',
    reason: 'One change was certified; it waits for your sign-off.',
    repository: '/srv/git/shop-orders',
    base_commit: '3f9d2c41aa0b7de4c1b2a39f8e0d5566778899aa',
    base_branch: 'main',
    branch: 'codeoptima/look-products-up-in-a-set',
    target_pct: 5,
    notes: ['The working tree was dirty; the run worked on the last commit.'],
    toolchain: null,
    machine: {
      cpu_model: 'AMD EPYC 7763',
      cores: 2,
      memory_bytes: 8 * 2 ** 30,
      virtualised: true,
      load_1m: 0.42,
      platform: 'linux x64',
      kernel: '6.1.0',
      node_version: 'v24.21.0',
    },
    tests: {
      total: 143,
      passed: 141,
      gate_size: 141,
      failing: ['test/net.test.ts > fetches rates'],
      flaky: ['test/clock.test.ts > ticks'],
      runs: 2,
      duration_ms: 2400,
    },
    workloads: [{ id: 'w1', name: 'large orders', source: 'repository', weight: 1 }],
    hotspots: [
      hot('h1', 'knownLines', 'src/orders.ts', 0.62, 0.58),
      hot('h2', 'joinCustomers', 'src/customers.ts', 0.21, 0.2),
      hot('h3', 'firstWord', 'src/text.ts', 0.04, 0.03),
    ],
    accepted: [certifiedCandidate()],
    rejected: [differingCandidate(), unprovenCandidate()],
    cost: { usd: 0, ci_minutes: 4.2 },
    ...changes,
  });
}
