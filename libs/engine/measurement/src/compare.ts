import { plural } from '@codeoptima/contracts';
import {
  coefficientOfVariationPct,
  endEarly,
  gainPctOfLogRatio,
  hodgesLehmann,
  INITIAL_SEQUENCE,
  isImproved,
  median,
  observePair,
  Pcg32,
  type SequencePlan,
  type SequenceState,
  validatePlan,
} from '@codeoptima/statistics';
import { memoryAxes, startupAxes } from './memory-axis.ts';
import { outputsOfPairs, type OutputCheck } from './output-check.ts';
import { type MeasuredPair, type PairOutcome, takePair, type Trees } from './pair.ts';
import { prepare, type Prepared } from './prepare.ts';
import type { Decision, KeptLook, PairedResult, Role } from './result.ts';
import type { Sampler, SampleSettings } from './sample.ts';
import { type Mode, statisticFor } from './statistic.ts';
import type { MeasuredWorkload } from './workload.ts';

export interface PairProgress {
  pairs: number;
  pairs_max: number;
  median_pct: number;
}

export interface CompareInput {
  trees: Trees;
  workload: Pick<MeasuredWorkload, 'id' | 'name' | 'source'>;
  plan: SequencePlan;
  mode: Mode;
  role: Role;
  flags: readonly string[];
  seed: number;
  cpu: number | null;
  size?: number | null;
  settings?: Partial<SampleSettings>;
  /** From an earlier comparison of the same workload on the same base; saves the calibration. */
  prepared?: Prepared;
  /** Ends the pairs before the plan does; asked after each, with the log ratios so far. */
  enough?: ((log_ratios: readonly number[]) => boolean) | undefined;
  onProgress?: (progress: PairProgress) => void;
  signal?: AbortSignal | undefined;
}

interface Run {
  pairs: MeasuredPair[];
  sequence: SequenceState;
  failure: Extract<PairOutcome, { ok: false }> | null;
  output: OutputCheck;
}

/**
 * Compares two trees on one workload: calibrates once on the base, checks that both give the same output, then takes pairs in random
 * order until the sequential plan stops. The core of every comparison; the sampler decides what a sample is.
 */
export async function comparePairs(sampler: Sampler, input: CompareInput): Promise<PairedResult> {
  validatePlan(input.plan);
  const began = performance.now();
  const prepared =
    input.prepared ??
    (await prepare(sampler, input.trees.base, {
      flags: input.flags,
      size: input.size ?? null,
      settings: input.settings ?? {},
      signal: input.signal,
      workload_id: input.workload.id,
    }));
  const contact = await sampler.take(input.trees.candidate, { ...prepared.settings, batches: 1, memory: true }, input.signal);
  const first: Run = {
    pairs: [],
    sequence: INITIAL_SEQUENCE,
    failure: null,
    output: { verdict: 'equal', basis: 'cold', detail: 'not compared' },
  };
  if (!contact.ok) return conclude(input, prepared, { ...first, failure: { ...contact, arm: 'candidate' } }, null, began);
  const cold = contact.sample.check_cold === prepared.base_facts.check_cold;
  // Only the value after one operation is compared here: later ones may depend on how many operations the warm-up had.
  const differs: OutputCheck = {
    verdict: 'differs',
    basis: 'cold',
    detail: outputDetail(prepared.base_preview, contact.sample.check_preview),
  };
  const run = cold
    ? await takePairs(sampler, input, prepared)
    : await confirmDifference(sampler, input, prepared, { ...first, output: differs });
  return conclude(input, prepared, run, contact.sample.allocated_bytes_per_op, began);
}

/** A base that differs from itself must not be reported as a difference of the candidate. */
async function confirmDifference(sampler: Sampler, input: CompareInput, prepared: Prepared, run: Run): Promise<Run> {
  const again = await sampler.take(input.trees.base, { ...prepared.settings, batches: 1 }, input.signal);
  if (!again.ok || again.sample.check_cold === prepared.base_facts.check_cold) return run;
  return { ...run, output: { verdict: 'unstable', basis: 'cold', detail: 'the base gave different check values in different processes' } };
}

const outputDetail = (base: string, candidate: string): string => {
  let at = 0;
  while (at < base.length && base[at] === candidate[at]) at++;
  const from = Math.max(0, at - 40);
  return `the check value after the first operation is not the base's: base …${base.slice(from, at + 60)}…, candidate …${candidate.slice(from, at + 60)}…`;
};

/**
 * Without the stabilising flags the engine's choices depend on how much ran before, for all pairs of a comparison alike: a change of 15 %
 * was measured as 14 % slower in twenty pairs out of twenty. So each pair gets a warm-up and a batch of its own length, both arms the same.
 */
function varied(settings: SampleSettings, random: Pcg32): SampleSettings {
  const iterations = Math.max(1, Math.round(settings.iterations * (0.75 + 0.5 * random.nextFraction())));
  return { ...settings, iterations, warmup_ms: settings.warmup_ms * (0.75 + 0.75 * random.nextFraction()) };
}

async function takePairs(sampler: Sampler, input: CompareInput, prepared: Prepared): Promise<Run> {
  const random = new Pcg32(input.seed);
  const statistic = statisticFor(input.mode, input.flags, prepared.waits);
  const settings = { ...prepared.settings, paced: statistic !== 'wall_median' };
  const run: Run = { pairs: [], sequence: INITIAL_SEQUENCE, failure: null, output: outputsOfPairs(prepared.base_facts, []) };
  while (run.sequence.stopped === null) {
    const own = input.mode === 'production' ? varied(settings, random) : settings;
    const taken = await takePair(sampler, input.trees, own, statistic, random, input.signal);
    if (!taken.ok) return { ...run, failure: taken };
    run.pairs.push(taken.pair);
    run.output = outputsOfPairs(prepared.base_facts, run.pairs);
    if (run.output.verdict !== 'equal') return run;
    run.sequence = observePair(input.plan, run.sequence, taken.pair.log_ratio);
    input.onProgress?.({
      pairs: run.pairs.length,
      pairs_max: input.plan.looks.at(-1) ?? 0,
      median_pct: gainPctOfLogRatio(median(run.sequence.log_ratios)),
    });
    if (run.sequence.stopped === null && input.enough?.(run.sequence.log_ratios)) run.sequence = endEarly(input.plan, run.sequence);
  }
  return run;
}

function decide(run: Run): { decision: Decision; reason: string } {
  if (run.failure !== null) {
    // The base ran once when the comparison was prepared, so one that fails now says nothing about the candidate.
    const differs = run.failure.arm === 'base' ? 'unstable_output' : 'output_differs';
    const decision = run.failure.kind === 'tampered' ? 'tampered' : differs;
    return { decision, reason: `the ${run.failure.arm} could not be measured: ${run.failure.message}` };
  }
  if (run.output.verdict === 'unstable') return { decision: 'unstable_output', reason: run.output.detail };
  if (run.output.verdict === 'differs') return { decision: 'output_differs', reason: run.output.detail };
  const foreign = newlyPatched(run.pairs);
  if (foreign.length > 0)
    return { decision: 'tampered', reason: `the candidate replaces built-ins that the base does not: ${foreign.join(', ')}` };
  if (isImproved(run.sequence)) return { decision: 'improved', reason: `faster in ${plural(run.pairs.length, 'pair')}` };
  const why = run.sequence.stopped === 'hopeless' ? 'the interval lies below half the target' : 'no look rejected "not faster"';
  return { decision: 'not_proven', reason: `not proved in ${plural(run.pairs.length, 'pair')}: ${why}` };
}

function newlyPatched(pairs: readonly MeasuredPair[]): string[] {
  const base = new Set(pairs.flatMap((p) => p.base.patched));
  return [...new Set(pairs.flatMap((p) => p.candidate.patched))].filter((name) => !base.has(name));
}

function conclude(input: CompareInput, prepared: Prepared, run: Run, candidate_allocated: number | null, began: number): PairedResult {
  const ratios = run.sequence.log_ratios;
  const looks: KeptLook[] = run.sequence.looks.map((l) => ({ ...l, p_value: l.p, alpha: input.plan.alpha_per_look, rejected: l.improved }));
  const last = looks.at(-1);
  const bounds = looks.map((l) => l.provable_pct).filter((b) => b !== null);
  const bases = run.pairs.map((p) => p.base_ns);
  const { id, name, source } = input.workload;
  return {
    id,
    name,
    source,
    size: input.size ?? null,
    role: input.role,
    mode: input.mode,
    ...decide(run),
    claimed: looks.some((l) => l.claimed && l.improved),
    pairs: run.pairs,
    looks,
    stopped: run.sequence.stopped,
    estimate_pct: ratios.length > 1 ? gainPctOfLogRatio(hodgesLehmann(ratios)) : null,
    median_pct: ratios.length > 1 ? gainPctOfLogRatio(median(ratios)) : null,
    interval_pct: last === undefined ? null : [last.lower_pct, last.upper_pct],
    provable_pct: bounds.length === 0 ? null : Math.max(...bounds),
    p_value: last?.p ?? null,
    noise_cv_pct: bases.length > 1 ? coefficientOfVariationPct(bases) : null,
    waited_ms: 0,
    output: run.output,
    memory: memoryAxes(run.pairs, { base: prepared.base_allocated_bytes_per_op, candidate: candidate_allocated }),
    startup: startupAxes(run.pairs),
    plan: input.plan,
    statistic: statisticFor(input.mode, input.flags, prepared.waits),
    flags: [...input.flags],
    seed: input.seed,
    cpu: input.cpu,
    iterations: prepared.settings.iterations,
    batches: prepared.settings.batches,
    operation_ns: prepared.operation_ns,
    duration_ms: performance.now() - began,
  };
}
