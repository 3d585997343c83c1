import { createHash } from 'node:crypto';
import { isIgnored, roleOf, TRYING_ROLES } from '@codeoptima/config';
import type { HotSpot } from '@codeoptima/contracts';
import type { ProfiledFunction, WorkloadProfile } from '@codeoptima/measurement';

export const HOTSPOTS_MAX = 50;
/** A gain of X % needs a share of at least 0.6 X %: below that not even removing the function would do, whatever noise adds. */
const SHARE_OF_TARGET = 0.6;
/** Time that grows by more than this for twice the size grows faster than n log n. */
const SUSPICIOUS_GROWTH = 2.5;

export interface ProfiledWorkload {
  id: string;
  name: string;
  weight: number;
  profile: WorkloadProfile;
  /** The same workload at twice the size; null when it has no sizes. */
  larger: WorkloadProfile | null;
}

export interface RankInput {
  workloads: readonly ProfiledWorkload[];
  target_pct: number;
  /** Globs of the configuration, relative to the root. */
  ignore: readonly string[];
  /** Calls of a function during the tests; null when the tests were not covered. */
  reached: ((f: ProfiledFunction) => number) | null;
}

/** Code that a change could be proposed for: not tests, benchmarks or examples, and not what the configuration leaves out. */
export function isProduct(file: string, ignore: readonly string[]): boolean {
  return roleOf(file, TRYING_ROLES) === null && !isIgnored(file, ignore);
}

const keyOf = (f: ProfiledFunction): string => `${f.file}:${f.start_line}:${f.symbol}`;
const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
const count = (n: number): string => Math.round(n).toLocaleString('en-US');

function growthOf(f: ProfiledFunction, workload: ProfiledWorkload): number | null {
  const larger = workload.larger?.functions.find((l) => keyOf(l) === keyOf(f));
  return larger === undefined || f.inclusive_ns_per_op <= 0 ? null : larger.inclusive_ns_per_op / f.inclusive_ns_per_op;
}

/**
 * What an optimal change could give: mostly the time the function spends itself or has foreign code spend for it, partly what happens
 * below it. More for growth that looks avoidable, less when no test would notice a mistake.
 */
function scoreOf(f: ProfiledFunction, growth: number | null, calls: number | null, reached: boolean | null, weight: number): number {
  const share = 0.75 * f.addressable_share + 0.25 * f.inclusive_share;
  const often = calls === null || calls < 1 ? 1 : 1 + Math.min(0.2, Math.log10(calls) / 20);
  return share * often * (growth !== null && growth > SUSPICIOUS_GROWTH ? 1.5 : 1) * (reached === false ? 0.6 : 1) * weight;
}

function reasonsOf(f: ProfiledFunction, workload: ProfiledWorkload, growth: number | null, reached: boolean | null): string[] {
  const reasons = [`${percent(f.inclusive_share)} of the samples inclusive, ${percent(f.self_share)} its own, in ${workload.name}`];
  if (f.inclusive_share < 0.995) reasons.push(`cannot give more than ${(1 / (1 - f.inclusive_share)).toFixed(2)}x`);
  if (f.calls_per_op !== null) reasons.push(`${count(f.calls_per_op)} ${f.calls_per_op === 1 ? 'call' : 'calls'} per operation`);
  if (growth !== null) reasons.push(`grows ${growth.toFixed(1)}x for 2x size`);
  const [caller] = f.callers;
  if (caller !== undefined) reasons.push(`called by ${caller.symbol}`);
  if (reached !== null) reasons.push(reached ? 'reached by tests' : 'not reached by tests');
  return reasons;
}

interface Ranked {
  spot: HotSpot;
  score: number;
}

/** At most 50 functions of the repository, ranked by what they could give; each with the workload in which it is hottest. */
export function rankHotspots(input: RankInput): HotSpot[] {
  const best = new Map<string, Ranked>();
  const threshold = (SHARE_OF_TARGET * input.target_pct) / 100;
  for (const workload of input.workloads) {
    for (const f of workload.profile.functions) {
      if (f.inclusive_share < threshold || !isProduct(f.file, input.ignore)) continue;
      const growth = growthOf(f, workload);
      const reached = input.reached === null ? null : input.reached(f) > 0;
      const score = scoreOf(f, growth, f.calls_per_op, reached, workload.weight);
      const known = best.get(keyOf(f));
      if (known !== undefined && known.score >= score) continue;
      best.set(keyOf(f), { score, spot: spotOf(f, workload, growth, reached, score) });
    }
  }
  return [...best.values()]
    .toSorted((a, b) => b.score - a.score || a.spot.file.localeCompare(b.spot.file) || a.spot.start_line - b.spot.start_line)
    .slice(0, HOTSPOTS_MAX)
    .map((r) => r.spot);
}

function spotOf(f: ProfiledFunction, workload: ProfiledWorkload, growth: number | null, reached: boolean | null, score: number): HotSpot {
  return {
    id: createHash('sha256').update(keyOf(f)).digest('hex').slice(0, 16),
    file: f.file,
    symbol: f.symbol,
    start_line: f.start_line,
    end_line: f.end_line,
    inclusive_share: Math.min(1, f.inclusive_share),
    self_share: Math.min(1, f.self_share),
    calls: f.calls_per_op,
    growth,
    reached_by_tests: reached,
    workload_id: workload.id,
    score,
    reasons: reasonsOf(f, workload, growth, reached),
  };
}
