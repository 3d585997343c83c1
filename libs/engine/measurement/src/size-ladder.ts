import { fitGrowth, growthClass, type GrowthFit } from '@codeoptima/statistics';
import { type ComparisonInput, compareAs, withSampler } from './comparisons.ts';
import { prepare } from './prepare.ts';
import type { PairedResult } from './result.ts';

const PAIRS_PER_SIZE = 3;
const LADDER_SETTINGS = { warmup_ms: 200, settle_ms: 600, batches: 4 };

export interface Growth {
  base: GrowthFit;
  candidate: GrowthFit;
  base_exponent: number;
  candidate_exponent: number;
  /** Such as "quadratic → linear". */
  text: string;
}

export interface SizeLadder {
  /** False when the workload offers no sizes. */
  sized: boolean;
  reason: string;
  rungs: PairedResult[];
  growth: Growth | null;
  /** Median gain in percent at each size, ascending by size. */
  gains: { size: number; gain_pct: number }[];
}

/** A quarter of the workload's size, the size, and four times of it; the workload's own list when it has three or more. */
export function ladderSizes(offered: readonly number[]): number[] {
  const ascending = [...new Set(offered)].toSorted((a, b) => a - b);
  if (ascending.length >= 3) return ascending;
  const middle = ascending[ascending.length >> 1] as number;
  return [Math.max(1, Math.round(middle / 4)), middle, middle * 4].filter((n, i, all) => all.indexOf(n) === i);
}

/** Growth exponents of both arms over the measured pairs. */
export function growthOf(rungs: readonly PairedResult[]): Growth | null {
  const points = (arm: 'base_ns' | 'candidate_ns') =>
    rungs.flatMap((r) => (r.size === null ? [] : r.pairs.map((p) => ({ size: r.size as number, time: p[arm] }))));
  if (new Set(points('base_ns').map((p) => p.size)).size < 2) return null;
  const [base, candidate] = [fitGrowth(points('base_ns')), fitGrowth(points('candidate_ns'))];
  const [before, after] = [growthClass(base.exponent), growthClass(candidate.exponent)];
  return {
    base,
    candidate,
    base_exponent: base.exponent,
    candidate_exponent: candidate.exponent,
    text: before === after ? `${before} on both sides` : `${before} → ${after}`,
  };
}

/**
 * Runs the workload at several sizes. It takes part when its module exports `sizes` (numbers above 0) and its `setup(lib, { size })`
 * heeds the size.
 */
export async function sizeLadder(input: ComparisonInput): Promise<SizeLadder> {
  const offered = input.prepared?.sizes ?? (await offeredSizes(input));
  if (offered === null || offered.length === 0)
    return { sized: false, reason: 'the workload exports no sizes', rungs: [], growth: null, gains: [] };
  return await climbSizes(
    input,
    ladderSizes(offered).map((size) => ({ size, text: input.workload.text })),
  );
}

/** The same for a workload whose sizes are modules of their own, such as recorded calls by the size of their arguments. */
export const sizeClassLadder = (input: ComparisonInput, classes: readonly { size: number; text: string }[]): Promise<SizeLadder> =>
  climbSizes(input, classes);

async function climbSizes(input: ComparisonInput, classes: readonly { size: number; text: string }[]): Promise<SizeLadder> {
  const { prepared: _oneSize, ...shared } = input;
  const settings = { ...LADDER_SETTINGS, ...input.settings };
  const rungs: PairedResult[] = [];
  for (const { size, text } of classes) {
    const workload = { ...input.workload, text };
    rungs.push(await compareAs({ ...shared, workload, size, settings, plan: { looks: [PAIRS_PER_SIZE] } }, 'size_ladder', 'stabilised'));
  }
  const growth = growthOf(rungs);
  const isBroken = (r: PairedResult): boolean => r.decision !== 'improved' && r.decision !== 'not_proven';
  // A size at which the base takes too long is no size at which nothing was gained.
  const gains = rungs.flatMap((r) => (r.median_pct === null || isBroken(r) ? [] : [{ size: r.size as number, gain_pct: r.median_pct }]));
  const broken = rungs.filter(isBroken).map((r) => `size ${String(r.size)}: ${r.reason}`);
  return { sized: true, reason: [growth?.text ?? 'too few sizes for a fit', ...broken].join('; '), rungs, growth, gains };
}

async function offeredSizes(input: ComparisonInput): Promise<number[] | null> {
  return await withSampler(input, input.cpu ?? null, null, async (sampler) => {
    const options = { flags: input.flags, settings: { warmup_ms: 1, settle_ms: 0 }, signal: input.signal, workload_id: input.workload.id };
    return (await prepare(sampler, input.base_dir, options)).sizes;
  });
}
