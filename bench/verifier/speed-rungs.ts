import { type ComparisonInput, comparePaired, confirm, quickTrial } from '@codeoptima/measurement';

/** What each speed rung of the ladder said about one candidate. Every rung is asked, also after one refused. */
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
  duration_ms: number;
}

/** Quick trial, certification and, after a claim, confirmation: the path of every candidate, here without its shortcuts. */
export async function speedRungs(input: ComparisonInput): Promise<SpeedVerdict> {
  const began = performance.now();
  const trial = await quickTrial({ ...input, seed: input.seed + 1 });
  const result = await comparePaired(input);
  const confirmation = result.claimed ? await confirm({ ...input, seed: input.seed + 2 }) : null;
  const confirmed = confirmation?.confirmed ?? false;
  return {
    kept_by_trial: trial.keep,
    improved: result.decision === 'improved',
    claimed: result.claimed,
    confirmed,
    certified: trial.keep && result.claimed && confirmed,
    estimate_pct: result.estimate_pct,
    provable_pct: result.provable_pct,
    pairs: result.pairs.length,
    noise_cv_pct: result.noise_cv_pct,
    decision: result.decision,
    duration_ms: performance.now() - began,
  };
}
