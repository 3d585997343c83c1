import { gainPctOfLogRatio, logRatioOfGainPct } from './gain.ts';
import { walshAverages } from './hodges-lehmann.ts';
import { criticalValue, signedRankTest } from './signed-rank.ts';

/** Does the exact one-sided test still reject "the gain is at most `gain_pct`"? */
export function provesAtLeast(log_ratios: readonly number[], gain_pct: number, alpha: number): boolean {
  const shift = logRatioOfGainPct(gain_pct);
  return signedRankTest(log_ratios.map((r) => r - shift)).p <= alpha;
}

/**
 * Minimum provable gain in percent of the old time: the largest X, rounded down to 0.01, for which "the gain is at most X" is still
 * rejected at `alpha` (one-sided). Negative when only "not slower by more than |X| %" can be proved; null when the pairs are too few
 * to reject anything at this alpha.
 */
export function provableGainPct(log_ratios: readonly number[], alpha: number): number | null {
  const outside = criticalValue(log_ratios.length, alpha);
  if (outside < 0) return null;
  const averages = walshAverages(log_ratios);
  // Without ties the test rejects every shift below this Walsh average; ties among shifted values can only move the bound down.
  for (let i = outside; i >= 0; i--) {
    const gain_pct = floorToHundredth(gainPctOfLogRatio(averages[i] as number));
    for (const bound of [gain_pct, gain_pct - 0.01]) if (provesAtLeast(log_ratios, bound, alpha)) return round(bound);
  }
  return null;
}

const round = (pct: number): number => Math.round(pct * 100) / 100;
const floorToHundredth = (pct: number): number => Math.floor(pct * 100 + 1e-9) / 100;
