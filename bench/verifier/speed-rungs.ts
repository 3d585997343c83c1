import { type ComparisonInput, comparePaired, confirm, quickTrial } from '@codeoptima/measurement';

/** What each speed rung of the ladder said about one candidate. A rung that was not asked believed nothing. */
export interface SpeedVerdict {
  kept_by_trial: boolean;
  improved: boolean;
  claimed: boolean;
  confirmed: boolean;
  /** All rungs together: what a user would see as certified. */
  certified: boolean;
  estimate_pct: number | null;
  provable_pct: number | null;
  pairs: number;
  noise_cv_pct: number | null;
  decision: string;
  /** Every rung was asked, also after one had refused. */
  every_rung: boolean;
  duration_ms: number;
  /** Of that, waiting for the core to be as fast as usual; rows from before have none. */
  waited_ms?: number;
}

/**
 * Quick trial, certification and, after a claim, confirmation: the path of every candidate. As in a run the first rung that refuses
 * ends it; with `every_rung` certification is asked whatever the trial said.
 */
export async function speedRungs(input: ComparisonInput, every_rung: boolean): Promise<SpeedVerdict> {
  const began = performance.now();
  const trial = await quickTrial({ ...input, seed: input.seed + 1 });
  const result = trial.keep || every_rung ? await comparePaired(input) : trial.result;
  const claimed = (trial.keep || every_rung) && result.claimed;
  const confirmation = claimed ? await confirm({ ...input, seed: input.seed + 2 }) : null;
  const confirmed = confirmation?.confirmed === true;
  const measured = [...new Set([trial.result, result, ...(confirmation ? [confirmation.result] : [])])];
  return {
    kept_by_trial: trial.keep,
    improved: result !== trial.result && result.decision === 'improved',
    claimed,
    confirmed,
    certified: trial.keep && claimed && confirmed,
    estimate_pct: result.estimate_pct,
    provable_pct: result === trial.result ? null : result.provable_pct,
    pairs: result.pairs.length,
    noise_cv_pct: result.noise_cv_pct,
    decision: result.decision,
    every_rung,
    duration_ms: performance.now() - began,
    waited_ms: measured.reduce((sum, { waited_ms }) => sum + waited_ms, 0),
  };
}
