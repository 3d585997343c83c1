import { betaQuantile } from './beta.ts';

export interface Share {
  share: number;
  lower: number;
  upper: number;
}

/**
 * Share of `successes` in `trials` with the exact (conservative) two-sided interval of C. J. Clopper, E. S. Pearson, Biometrika 26
 * (1934) 404-413. Throws RangeError unless 0 <= successes <= trials, trials >= 1.
 */
export function clopperPearson(successes: number, trials: number, confidence = 0.95): Share {
  if (!Number.isInteger(successes) || !Number.isInteger(trials) || trials < 1 || successes < 0 || successes > trials) {
    throw new RangeError(`successes must be a whole number from 0 to trials, got ${successes} of ${trials}`);
  }
  const half = (1 - confidence) / 2;
  const lower = successes === 0 ? 0 : betaQuantile(half, successes, trials - successes + 1);
  const upper = successes === trials ? 1 : betaQuantile(1 - half, successes + 1, trials - successes);
  return { share: successes / trials, lower, upper };
}
