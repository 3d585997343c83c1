import { plural } from '@codeoptima/contracts';
import {
  comparePaired,
  type ComparisonInput,
  isHopeful,
  type MeasuredWorkload,
  type PairedResult,
  quickTrial,
} from '@codeoptima/measurement';
import { provedPercent } from '@codeoptima/evidence';
import type { Ascent } from '../ascent.ts';
import type { Rung, RungResult } from '../ladder.ts';
import { percent, unproved, unseen } from './unproved.ts';

/** A claim rests on what somebody really runs: a win on generated inputs alone is reported, never certified. */
const CLAIMABLE: ReadonlySet<MeasuredWorkload['source']> = new Set(['user', 'repository', 'captured']);

/** Each measurement draws its pair order from a seed of its own. */
const SEED_STEP = 7919;

export function comparison(ascent: Ascent, workload: MeasuredWorkload, signal: AbortSignal): ComparisonInput {
  const { subject } = ascent;
  return {
    base_dir: subject.base_dir,
    candidate_dir: subject.candidate_dir,
    package_dir: subject.toolchain.package_dir,
    workload,
    target_pct: subject.target_pct,
    seed: subject.seed + SEED_STEP * (ascent.measurements.length + 1),
    flags: subject.flags,
    unsafe_no_sandbox: subject.unsafe_no_sandbox,
    onProgress: ({ pairs, pairs_max }) => ascent.detail(`${workload.name}: pair ${pairs} of at most ${pairs_max}`),
    signal,
  };
}

/** Verdicts that a measurement can give without saying anything about speed. */
export function brokenBy(result: PairedResult): RungResult | null {
  const detail = `${result.name}: ${result.reason}`;
  if (result.decision === 'output_differs') return { outcome: 'failed', detail, fall: { verdict: 'behaviour_differs', reason: detail } };
  if (result.decision === 'unstable_output') return { outcome: 'failed', detail, fall: { verdict: 'nondeterministic', reason: detail } };
  if (result.decision === 'tampered') return { outcome: 'failed', detail, fall: { verdict: 'refused', reason: detail } };
  return null;
}

/** A lower bound, rounded down: to round it up would claim more than was proved. */
const proved = (value: number | null): string => (value === null ? 'unknown' : provedPercent(value));

const hottestFirst = (workloads: readonly MeasuredWorkload[], id: string | null): MeasuredWorkload[] =>
  workloads.toSorted((a, b) => Number(b.id === id) - Number(a.id === id));

/** A few pairs, on the workload where the change should show first: drops the hopeless and finds the workload the claim will be about. */
export const trial: Rung<Ascent> = {
  name: 'quick trial',
  doing: 'a first look at the speed',
  async climb(ascent, signal) {
    const { subject } = ascent;
    if (subject.workloads.length === 0) {
      return {
        outcome: 'failed',
        detail: 'no workload runs the changed code',
        fall: { verdict: 'not_proven', reason: 'No workload runs the changed code, so nothing could be measured.' },
      };
    }
    const results: PairedResult[] = [];
    for (const workload of hottestFirst(subject.workloads, subject.hottest_workload_id)) {
      const { result, keep } = await quickTrial(comparison(ascent, workload, signal));
      ascent.measurements.push(result);
      const broken = brokenBy(result);
      if (broken) return broken;
      results.push(result);
      // Where the changed code is hottest, a gain is enough to go on, and none there is enough to stop.
      if (workload.id === subject.hottest_workload_id) break;
      if (keep && subject.hottest_workload_id === null && CLAIMABLE.has(workload.source)) break;
    }
    const best = Math.max(...results.map((result) => result.median_pct ?? Number.NEGATIVE_INFINITY));
    if (!isHopeful(best, subject.target_pct)) return unseen(results, subject.target_pct);
    const detail = results.map((result) => `${result.name} ${percent(result.median_pct)}`).join(', ');
    return { outcome: 'passed', detail };
  },
};

/** The workload of the claim: most trusted source first, then the one with the largest first-look gain. */
function chooseTarget(ascent: Ascent): MeasuredWorkload | null {
  const { subject } = ascent;
  const gain = (workload: MeasuredWorkload): number =>
    ascent.measurements.find((result) => result.id === workload.id)?.median_pct ?? Number.NEGATIVE_INFINITY;
  const hopeful = subject.workloads.filter((workload) => CLAIMABLE.has(workload.source) && isHopeful(gain(workload), subject.target_pct));
  return (
    hopeful.find((workload) => workload.id === subject.hottest_workload_id) ?? hopeful.toSorted((a, b) => gain(b) - gain(a))[0] ?? null
  );
}

/** Paired measurement in fresh processes until the target is proved or thirty pairs are used up. */
export const certification: Rung<Ascent> = {
  name: 'certification',
  doing: 'measuring pairs',
  async climb(ascent, signal) {
    const { subject } = ascent;
    const workload = chooseTarget(ascent);
    if (!workload) {
      return {
        outcome: 'failed',
        detail: 'only generated inputs get faster',
        fall: { verdict: 'not_proven', reason: 'Faster on generated inputs only, which proves nothing about real use.' },
      };
    }
    const result = await comparePaired(comparison(ascent, workload, signal));
    ascent.measurements.push(result);
    ascent.claim = result;
    const broken = brokenBy(result);
    if (broken) return broken;
    const figures = `estimate ${percent(result.estimate_pct)}, provable ${proved(result.provable_pct)}, ${plural(result.pairs.length, 'pair')}`;
    if (result.claimed)
      return { outcome: 'passed', detail: `at least ${proved(result.provable_pct)} faster on ${result.name} (${figures})` };
    return unproved(result, subject.target_pct, figures);
  },
};
