import { plural } from '@codeoptima/contracts';
import { DEFAULT_PLAN, gainPctOfLogRatio, median, type SequencePlan } from '@codeoptima/statistics';
import { quieterCore } from './affinity.ts';
import { comparePairs, type PairProgress } from './compare.ts';
import { entryFor } from './entry.ts';
import type { Prepared } from './prepare.ts';
import type { PairedResult, Role } from './result.ts';
import type { SampleSettings } from './sample.ts';
import { ProcessSampler } from './sampler.ts';
import type { Mode } from './statistic.ts';
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
  enough?: (log_ratios: readonly number[]) => boolean;
  onProgress?: (progress: PairProgress) => void;
  signal?: AbortSignal | undefined;
}

/** Runs `action` with a sampler for the input's workload and removes its files afterwards. */
export async function withSampler<T>(
  input: Pick<ComparisonInput, 'base_dir' | 'workload' | 'package_dir' | 'cpu' | 'unsafe_no_sandbox'>,
  action: (sampler: ProcessSampler, cpu: number | null) => Promise<T>,
): Promise<T> {
  const entry = entryFor(input.base_dir, input.package_dir, input.workload);
  const cpu = input.cpu === undefined ? await quieterCore() : input.cpu;
  await using sampler = await ProcessSampler.create({
    workload: input.workload,
    entry,
    cpu,
    unsafe_no_sandbox: input.unsafe_no_sandbox ?? false,
  });
  return await action(sampler, cpu);
}

/** Any comparison under a role; the protocol's own ones below fix role, mode and plan. */
export async function compareAs(input: ComparisonInput, role: Role, mode: Mode, plan: Partial<SequencePlan> = {}): Promise<PairedResult> {
  return await withSampler(input, async (sampler, cpu) =>
    comparePairs(sampler, {
      trees: { base: input.base_dir, candidate: input.candidate_dir },
      workload: input.workload,
      plan: { ...DEFAULT_PLAN, target_pct: input.target_pct, ...plan, ...input.plan },
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
    }),
  );
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

/** Step 10: ten fresh pairs in production mode (no V8 flags, wall time); the sign must be the same. */
export async function confirm(input: ComparisonInput): Promise<Confirmation> {
  const { prepared: _stabilised, ...fresh } = input;
  const result = await compareAs(fresh, 'confirmation', 'production', { looks: [10], alpha_per_look: 0.01 });
  const complete = result.decision === 'improved' || result.decision === 'not_proven';
  const gain = result.median_pct ?? 0;
  const confirmed = complete && gain > 0;
  const reason = complete
    ? `median ${gain.toFixed(1)} % in production mode (${plural(result.pairs.length, 'pair')}, wall time)`
    : result.reason;
  return { confirmed, reason, result };
}

/** Shorter samples, for what proves nothing. */
export const QUICK_SETTINGS = { warmup_ms: 250, settle_ms: 700, batches: 5 };

/** Step 11: identical code through the same path. Its decision must be `not_proven`. */
export async function controlRow(input: Omit<ComparisonInput, 'candidate_dir'>): Promise<PairedResult> {
  const settings = { ...QUICK_SETTINGS, ...input.settings };
  return await compareAs({ ...input, settings, candidate_dir: input.base_dir }, 'control', 'stabilised', { looks: [10] });
}

/** Median gain in percent over given pairs. */
export const medianGainPct = (log_ratios: readonly number[]): number => gainPctOfLogRatio(median(log_ratios));
