import { plural } from '@codeoptima/contracts';
import { bucketOf, callsIn, largestSeen, type SizeHistogram } from './histogram.ts';

export interface SizeGain {
  size: number;
  gain_pct: number;
}

export interface SizeVerdict {
  /** `nowhere`: no size got faster. */
  win: 'at_seen_sizes' | 'only_at_unseen_sizes' | 'nowhere' | 'unknown';
  /** Gain of the typical call: the gains at the sizes, each counted by the calls nearest to it; null without a histogram. */
  typical_gain_pct: number | null;
  /** Share of the recorded calls whose size got faster, 0 to 1. */
  winning_share: number;
  /** One sentence. */
  reason: string;
}

/** Below this a size did not get faster. */
const WIN_PCT = 3;
/** Three pairs a size do not resolve less of a loss. */
const TYPICAL_LOSS_PCT = 10;
/** Sizes with a smaller share of the calls are none that a gain may rest on when the others lose. */
const RARE_SHARE = 0.01;
/** Below this many calls a share says little. */
const CALLS_MIN = 20;

const logRatio = (gain_pct: number): number => -Math.log(1 - Math.min(gain_pct, 99.99) / 100);
const gainOf = (log_ratio: number): number => (1 - Math.exp(-log_ratio)) * 100;

/** The gain that a call of a bucket gets: that of the measured size nearest to it. */
function nearest(gains: readonly SizeGain[], bucket: number): SizeGain {
  const apart = (gain: SizeGain): number => Math.abs(bucketOf(gain.size) - bucket);
  return gains.reduce((best, gain) => (apart(gain) < apart(best) ? gain : best));
}

/**
 * Whether a change wins at sizes that occur, and what the typical call gets of it: a win at sizes that never occur pays for no loss at
 * those that do. `gains` are in percent of the old time, ascending by size, in the unit of the histogram.
 */
export function judgeSizes(gains: readonly SizeGain[], histogram: SizeHistogram): SizeVerdict {
  const wins = gains.filter(({ gain_pct }) => gain_pct >= WIN_PCT);
  const largest = largestSeen(histogram);
  if (largest === null || gains.length === 0)
    return { win: 'unknown', typical_gain_pct: null, winning_share: 0, reason: 'no sizes of calls were counted' };
  const calls = callsIn(histogram);
  const sum = [...histogram].reduce((all, [bucket, count]) => all + count * logRatio(nearest(gains, bucket).gain_pct), 0);
  const typical_gain_pct = gainOf(sum / calls);
  const winners = [...histogram].filter(([bucket]) => nearest(gains, bucket).gain_pct >= WIN_PCT);
  const winning_share = winners.reduce((all, [, count]) => all + count, 0) / calls;
  const seen = `the largest of ${plural(calls, 'recorded call')} had a size of at most ${largest}`;
  if (wins.length === 0) return { win: 'nowhere', typical_gain_pct, winning_share, reason: `no size got faster by ${WIN_PCT} %` };
  if (wins.every(({ size }) => bucketOf(size) > bucketOf(largest)))
    return {
      win: 'only_at_unseen_sizes',
      typical_gain_pct,
      winning_share,
      reason: `faster only from size ${wins[0]?.size ?? 0} on, but ${seen}`,
    };
  return {
    win: 'at_seen_sizes',
    typical_gain_pct,
    winning_share,
    reason: `${sharePct(winning_share)} of the calls have sizes that got faster, the typical call is ${typical_gain_pct >= 0 ? `${typical_gain_pct.toFixed(0)} % faster` : `${(-typical_gain_pct).toFixed(0)} % slower`}; ${seen}`,
  };
}

const sharePct = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

/** Whether a gain rests on sizes that hardly ever occur while the others lose by it. */
export const restsOnRareSizes = (verdict: SizeVerdict, histogram: SizeHistogram): boolean =>
  losesTypically(verdict, histogram) && verdict.winning_share < RARE_SHARE;

/** Whether the calls as they occur lose by the change, counted over enough of them. */
export const losesTypically = (verdict: SizeVerdict, histogram: SizeHistogram): boolean =>
  verdict.typical_gain_pct !== null && verdict.typical_gain_pct < -TYPICAL_LOSS_PCT && callsIn(histogram) >= CALLS_MIN;
