import { median } from './describe.ts';
import { gainPctOfLogRatio, logRatioOfGainPct } from './gain.ts';
import { exactInterval, hodgesLehmann } from './hodges-lehmann.ts';
import { normalUpperQuantile } from './normal.ts';
import { provableGainPct } from './provable-gain.ts';
import { signedRankTest } from './signed-rank.ts';

/**
 * Group-sequential paired comparison: looks after fixed numbers of pairs, each at its own share of alpha (Bonferroni over the looks, so
 * the whole never exceeds looks * alpha_per_look). Two hypotheses are watched: *improved* (log ratio above 0 and median gain at least
 * `improved_fraction` of the target) and the *claim* (gain above the target itself). A pure state machine: no clock, no random source.
 */
export interface SequencePlan {
  /** Ascending numbers of pairs after which to look. */
  looks: readonly number[];
  /** One-sided significance of each look. */
  alpha_per_look: number;
  /** Gain in percent of the old time that the claim is about, 0 <= target < 100. */
  target_pct: number;
  improved_fraction: number;
  /** first_rejection: stop as soon as *improved* holds. claim: go on while the estimate reaches the target but the claim is unproved. */
  stop_at: 'first_rejection' | 'claim';
}

export const DEFAULT_PLAN: Omit<SequencePlan, 'target_pct'> = {
  looks: [10, 15, 20, 30],
  alpha_per_look: 0.0025,
  improved_fraction: 0.5,
  stop_at: 'claim',
};

export interface Look {
  pairs: number;
  /** One-sided p of "not faster". */
  p: number;
  /** One-sided p of "not faster than the target". */
  p_claim: number;
  /** Hodges-Lehmann estimate of the gain in percent. */
  estimate_pct: number;
  median_pct: number;
  /** 99 % interval of the gain over all looks together (each look pays its share). */
  lower_pct: number;
  upper_pct: number;
  /** Minimum provable gain at this look's alpha; null when nothing can be proved with so few pairs. */
  provable_pct: number | null;
  improved: boolean;
  claimed: boolean;
}

export type StopReason = 'improved' | 'claimed' | 'hopeless' | 'exhausted';

export interface SequenceState {
  log_ratios: readonly number[];
  looks: readonly Look[];
  /** Set when the comparison is over. */
  stopped: StopReason | null;
}

export const INITIAL_SEQUENCE: SequenceState = { log_ratios: [], looks: [], stopped: null };

/** Confidence of the interval over all looks together. */
export const FAMILY_CONFIDENCE = 0.99;

export function validatePlan(plan: SequencePlan): void {
  const ascending = plan.looks.every((n, i) => Number.isInteger(n) && n > (plan.looks[i - 1] ?? 0));
  if (plan.looks.length === 0 || !ascending) throw new RangeError('looks must be ascending whole numbers above 0');
  if (!(plan.alpha_per_look > 0 && plan.alpha_per_look < 0.5)) throw new RangeError('alpha_per_look must lie between 0 and 0.5');
  if (!(plan.target_pct >= 0 && plan.target_pct < 100)) throw new RangeError('target_pct must be at least 0 and below 100');
  if (!(plan.improved_fraction >= 0 && plan.improved_fraction <= 1)) throw new RangeError('improved_fraction must lie between 0 and 1');
}

/** Everything that is computed from the pairs seen so far. */
export function lookAt(log_ratios: readonly number[], plan: SequencePlan): Look {
  const p = signedRankTest(log_ratios).p;
  const p_claim = signedRankTest(log_ratios.map((r) => r - logRatioOfGainPct(plan.target_pct))).p;
  const median_pct = gainPctOfLogRatio(median(log_ratios));
  const interval = exactInterval(log_ratios, 1 - (1 - FAMILY_CONFIDENCE) / plan.looks.length);
  return {
    pairs: log_ratios.length,
    p,
    p_claim,
    estimate_pct: gainPctOfLogRatio(hodgesLehmann(log_ratios)),
    median_pct,
    lower_pct: gainPctOfLogRatio(interval.lower),
    upper_pct: gainPctOfLogRatio(interval.upper),
    provable_pct: provableGainPct(log_ratios, plan.alpha_per_look),
    improved: p <= plan.alpha_per_look && median_pct >= plan.improved_fraction * plan.target_pct,
    claimed: p_claim <= plan.alpha_per_look,
  };
}

/** Adds one pair; looks when the plan says so. Throws RangeError when the comparison is already over. */
export function observePair(plan: SequencePlan, state: SequenceState, log_ratio: number): SequenceState {
  if (state.stopped !== null) throw new RangeError(`the comparison is over (${state.stopped}), no pair can be added`);
  const log_ratios = [...state.log_ratios, log_ratio];
  if (!plan.looks.includes(log_ratios.length)) return { ...state, log_ratios };
  const look = lookAt(log_ratios, plan);
  const looks = [...state.looks, look];
  return { log_ratios, looks, stopped: stopReason(plan, looks, look, log_ratios) };
}

/** Ends a comparison before its next look, for a reason of the caller's: looks at what there is. Needs at least one pair. */
export function endEarly(plan: SequencePlan, state: SequenceState): SequenceState {
  const seen = state.looks.at(-1)?.pairs === state.log_ratios.length;
  const looks = seen ? state.looks : [...state.looks, lookAt(state.log_ratios, plan)];
  return { ...state, looks, stopped: 'exhausted' };
}

function stopReason(plan: SequencePlan, looks: readonly Look[], look: Look, log_ratios: readonly number[]): StopReason | null {
  if (look.claimed && look.improved) return 'claimed';
  const improved = looks.some((l) => l.improved);
  const last = look.pairs >= (plan.looks.at(-1) as number);
  if (improved && (plan.stop_at === 'first_rejection' || last || look.estimate_pct < plan.target_pct)) return 'improved';
  if (last) return 'exhausted';
  // Stopping early for lack of hope can only lower the number of false claims.
  if (improved) return null;
  if (look.upper_pct < plan.improved_fraction * plan.target_pct || isFutile(plan, log_ratios)) return 'hopeless';
  return null;
}

/** An improvement that is less likely than one in twenty on the remaining pairs is given up (conditional power under the current trend). */
const FUTILE_QUANTILE = 1.645;

/**
 * Would even a lucky remainder (the 95th percentile of where the centre may drift) leave *improved* unproved at the last look? Spread by the
 * median absolute deviation, so that one wild pair does not end a comparison.
 * Source: stochastic curtailment, Lan, Simon and Halperin 1982.
 */
function isFutile(plan: SequencePlan, log_ratios: readonly number[]): boolean {
  const n = log_ratios.length;
  const last = plan.looks.at(-1) as number;
  const centre = hodgesLehmann(log_ratios);
  const spread = MAD_TO_SD * median(log_ratios.map((r) => Math.abs(r - centre)));
  const reach = centre + FUTILE_QUANTILE * spread * Math.sqrt(1 / n - 1 / last);
  const proof = (normalUpperQuantile(plan.alpha_per_look) * spread) / Math.sqrt(last);
  return reach < Math.max(proof, logRatioOfGainPct(plan.improved_fraction * plan.target_pct));
}

/** Of a normal distribution. */
const MAD_TO_SD = 1.4826;

/** Did any look prove an improvement? A rejection at its own look stands, whatever later looks say. */
export const isImproved = (state: SequenceState): boolean => state.looks.some((l) => l.improved);
