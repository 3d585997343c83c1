import { plural } from '@codeoptima/contracts';
import { logRatioOfGainPct } from '@codeoptima/statistics';
import { compareAs, type ComparisonInput, medianGainPct, QUICK_SETTINGS } from './comparisons.ts';
import type { PairedResult } from './result.ts';

export interface QuickTrial {
  /** False when the candidate is hopeless. */
  keep: boolean;
  reason: string;
  result: PairedResult;
}

const GLANCE_PAIRS = 4;
const DOUBT_PAIRS = 8;

/** Hopeless: a median gain below a third of the target. */
export const isHopeful = (median_pct: number | null, target_pct: number): boolean =>
  (median_pct ?? Number.NEGATIVE_INFINITY) >= target_pct / 3;

/**
 * Is the first look over? Four pairs are enough where they show hope, and where none of them shows the target: a true gain of that size
 * gives four such pairs once in sixteen times at most. Between the two the noise speaks, and four more pairs are asked.
 */
export function seenEnough(log_ratios: readonly number[], target_pct: number): boolean {
  if (log_ratios.length !== GLANCE_PAIRS) return false;
  return isHopeful(medianGainPct(log_ratios), target_pct) || log_ratios.every((ratio) => ratio < logRatioOfGainPct(target_pct));
}

/** A few short pairs that drop the hopeless: median gain below a third of the target, or a wrong output. Proves nothing. */
export async function quickTrial(input: ComparisonInput): Promise<QuickTrial> {
  const settings = { ...QUICK_SETTINGS, ...input.settings };
  const enough = (log_ratios: readonly number[]): boolean => seenEnough(log_ratios, input.target_pct);
  const plan = { looks: [DOUBT_PAIRS], alpha_per_look: 0.1 };
  const result = await compareAs({ ...input, settings, enough }, 'quick_trial', 'stabilised', plan);
  if (result.decision === 'output_differs' || result.decision === 'unstable_output' || result.decision === 'tampered') {
    return { keep: false, reason: result.reason, result };
  }
  const keep = isHopeful(result.median_pct, input.target_pct);
  const found = `median of ${plural(result.pairs.length, 'pair')} ${(result.median_pct ?? 0).toFixed(1)} %`;
  return { keep, reason: `${found}, ${keep ? 'at least' : 'below'} ${(input.target_pct / 3).toFixed(1)} %`, result };
}
