import { plural } from '@codeoptima/contracts';
import { DEFAULT_PLAN, gainPctOfLogRatio, median, type SequencePlan } from '@codeoptima/statistics';
import { quieterCore } from './affinity.ts';
import { comparePairs, type PairProgress } from './compare.ts';
import { entryFor } from './entry.ts';
import { type Pacer, withPacer } from './pacer.ts';
import type { Prepared } from './prepare.ts';
import type { PairedResult, Role } from './result.ts';
import type { Sampler, SampleSettings } from './sample.ts';
import { ProcessSampler } from './sampler.ts';
import type { Mode, Statistic } from './statistic.ts';
import type { MeasuredWorkload, RuntimeOptions } from './workload.ts';

/** Two trees and a workload. Both trees are prepared (installed, built) folders on this machine and are only read. */
export interface ComparisonInput extends RuntimeOptions {
  base_dir: string;
  candidate_dir: string;
  workload: MeasuredWorkload;
  /** Gain in percent of the old time that is to be shown. */
  target_pct: number;
  seed: number;
  /** Stabilising flags as chosen by `calibrate`. */
  flags: readonly string[];
  plan?: Partial<SequencePlan>;
  size?: number | null;
  settings?: Partial<SampleSettings>;
  prepared?: Prepared;
  /** False measures processes one after the other as they come, whatever the speed of the core. */
  turns?: boolean;
  enough?: (log_ratios: readonly number[]) => boolean;
  onProgress?: (progress: PairProgress) => void;
  signal?: AbortSignal | undefined;
}

/** Waiting for a core at its usual speed may take so long for each sample. */
const PATIENCE_MS = 1500;
/** Where no size is claimed: a first look, a sign, a row of identical code that shows the noise as it is. */
const HASTY_PATIENCE_MS = 500;
const HASTY: ReadonlySet<Role> = new Set(['quick_trial', 'confirmation', 'control']);

/** Runs `action` with a sampler for the input's workload and removes its files afterwards. */
export async function withSampler<T>(
  input: Pick<ComparisonInput, 'base_dir' | 'workload' | 'package_dir' | 'unsafe_no_sandbox'>,
  cpu: number | null,
  pacer: Pacer | null,
  action: (sampler: ProcessSampler) => Promise<T>,
): Promise<T> {
  const entry = entryFor(input.base_dir, input.package_dir, input.workload);
  await using sampler = await ProcessSampler.create({
    workload: input.workload,
    entry,
    cpu,
    unsafe_no_sandbox: input.unsafe_no_sandbox ?? false,
    pacer,
  });
  return await action(sampler);
}

/** Any comparison under a role; the protocol's own ones below fix role, mode and plan. */
export async function compareAs(input: ComparisonInput, role: Role, mode: Mode, plan: Partial<SequencePlan> = {}): Promise<PairedResult> {
  const whole_plan = { ...DEFAULT_PLAN, target_pct: input.target_pct, ...plan, ...input.plan };
  const patience_ms = HASTY.has(role) ? HASTY_PATIENCE_MS : PATIENCE_MS;
  const cpu = input.cpu === undefined ? await quieterCore() : input.cpu;
  return await withPacer(input.turns === false ? null : cpu, patience_ms, async (pacer) => {
    const compare = (sampler: Sampler): Promise<PairedResult> =>
      comparePairs(sampler, {
        trees: { base: input.base_dir, candidate: input.candidate_dir },
        workload: input.workload,
        plan: whole_plan,
        mode,
        role,
        flags: mode === 'production' || input.workload.command !== undefined ? [] : input.flags,
        seed: input.seed,
        cpu,
        size: input.size ?? null,
        settings: input.settings ?? {},
        ...(input.prepared === undefined ? {} : { prepared: input.prepared }),
        enough: input.enough,
        ...(input.onProgress === undefined ? {} : { onProgress: input.onProgress }),
        signal: input.signal,
      });
    return { ...(await withSampler(input, cpu, pacer, compare)), waited_ms: pacer?.waited_ms ?? 0 };
  });
}

/** Certification (steps 3 to 6 of the protocol): pairs in random order, looks at 10, 15, 20 and 30, alpha 0.25 % each. */
export async function comparePaired(input: ComparisonInput): Promise<PairedResult> {
  return await compareAs(input, 'target', 'stabilised', {});
}

export interface Confirmation {
  confirmed: boolean;
  reason: string;
  result: PairedResult;
}

const CONFIRMING_PAIRS = 10;
const CLOCKS: Record<Statistic, string> = {
  cpu_min: 'CPU time',
  cpu_median: 'CPU time',
  thread_min: 'CPU time of its thread',
  wall_median: 'wall time',
};

/**
 * Step 10: ten fresh pairs in production mode (no V8 flags; see `statisticFor`); the sign must be the same. This mode is noisy, so where
 * the first ten do not show the sign, as many more decide with them.
 */
export async function confirm(input: ComparisonInput): Promise<Confirmation> {
  const { prepared: _stabilised, ...fresh } = input;
  const enough = (log_ratios: readonly number[]): boolean => log_ratios.length === CONFIRMING_PAIRS && median(log_ratios) > 0;
  const plan = { looks: [2 * CONFIRMING_PAIRS], alpha_per_look: 0.01 };
  const result = await compareAs({ ...fresh, enough }, 'confirmation', 'production', plan);
  const complete = result.decision === 'improved' || result.decision === 'not_proven';
  const gain = result.median_pct ?? 0;
  const confirmed = complete && gain > 0;
  const reason = complete
    ? `median ${gain.toFixed(1)} % in production mode (${plural(result.pairs.length, 'pair')}, ${CLOCKS[result.statistic]})`
    : result.reason;
  return { confirmed, reason, result };
}

/** Shorter samples, for what proves nothing. */
export const QUICK_SETTINGS = { warmup_ms: 250, settle_ms: 700, batches: 8 };

/** Step 11: identical code through the same path. Its decision must be `not_proven`. */
export async function controlRow(input: Omit<ComparisonInput, 'candidate_dir'>): Promise<PairedResult> {
  const settings = { ...QUICK_SETTINGS, ...input.settings };
  return await compareAs({ ...input, settings, candidate_dir: input.base_dir }, 'control', 'stabilised', { looks: [10] });
}

/** Median gain in percent over given pairs. */
export const medianGainPct = (log_ratios: readonly number[]): number => gainPctOfLogRatio(median(log_ratios));
