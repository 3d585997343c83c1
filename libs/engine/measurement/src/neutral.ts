import { hodgesLehmann, holm, logRatioOfGainPct, signedRankTest, gainPctOfLogRatio } from '@codeoptima/statistics';
import { type ComparisonInput, compareAs } from './comparisons.ts';
import type { PairedResult } from './result.ts';
import type { MeasuredWorkload } from './workload.ts';

export const NEUTRAL_LIMIT_PCT = 2;
const NEUTRAL_ALPHA = 0.01;
const NEUTRAL_PAIRS = 10;

export interface NeutralRow {
  result: PairedResult;
  /** One-sided p of "slower by at most 2 %", adjusted by Holm over the workloads. */
  p_adjusted: number;
  estimate_pct: number;
  /** Slower by more than 2 %, at alpha 1 % over all of them, or another output. */
  worse: boolean;
  /** "Slower by more than 2 %" was rejected at 1 %: not only not proved slower, but proved not slower. */
  proved_harmless: boolean;
}

export interface NeutralVerdict {
  passed: boolean;
  reason: string;
  rows: NeutralRow[];
}

/** Gain of -2 % in terms of the ratio base / candidate. */
const LIMIT = logRatioOfGainPct(-NEUTRAL_LIMIT_PCT);

/** Judges finished comparisons; apart from the measuring so that it can be checked with known numbers. */
export function judgeNeutral(results: readonly PairedResult[]): NeutralVerdict {
  const ratios = results.map((r) => r.pairs.map((p) => p.log_ratio));
  const p_worse = ratios.map(
    (rs) =>
      signedRankTest(
        rs.map((r) => r - LIMIT),
        'less',
      ).p,
  );
  const adjusted = holm(p_worse);
  const rows = results.map((result, i): NeutralRow => {
    const own = ratios[i] as number[];
    // A workload whose output does not repeat on the base says nothing about the candidate.
    const broken = result.decision === 'output_differs' || result.decision === 'tampered';
    return {
      result,
      p_adjusted: adjusted[i] as number,
      estimate_pct: own.length > 0 ? gainPctOfLogRatio(hodgesLehmann(own)) : 0,
      worse: broken || (adjusted[i] as number) <= NEUTRAL_ALPHA,
      proved_harmless: !broken && own.length > 0 && signedRankTest(own.map((r) => r - LIMIT)).p <= NEUTRAL_ALPHA,
    };
  });
  const bad = rows.filter((r) => r.worse);
  const names = bad.map((r) => `${r.result.name} (${r.estimate_pct.toFixed(1)} %)`).join(', ');
  const passed = bad.length === 0;
  return {
    passed,
    reason: passed ? `none of ${rows.length} other workloads is slower by more than ${NEUTRAL_LIMIT_PCT} %` : `slower: ${names}`,
    rows,
  };
}

/** Step 7: measures every other workload with ten pairs; none may be slower by more than 2 %. */
export async function neutralWorkloads(input: ComparisonInput, others: readonly MeasuredWorkload[]): Promise<NeutralVerdict> {
  const results: PairedResult[] = [];
  const plan = { looks: [NEUTRAL_PAIRS], alpha_per_look: NEUTRAL_ALPHA };
  const { prepared: _other, ...shared } = input;
  for (const workload of others) results.push(await compareAs({ ...shared, workload, target_pct: 0, plan }, 'neutral', 'stabilised'));
  return judgeNeutral(results);
}
