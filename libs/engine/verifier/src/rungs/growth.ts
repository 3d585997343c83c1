import { type SizeLadder, sizeClassLadder, sizeLadder } from '@codeoptima/measurement';
import type { Ascent } from '../ascent.ts';
import { histogramOf, largestSeen, type SizeHistogram } from '../growth/histogram.ts';
import { judgeSizes, losesTypically, restsOnRareSizes } from '../growth/seen-sizes.ts';
import { sizeClasses } from '../growth/size-classes.ts';
import type { Rung, RungResult } from '../ladder.ts';
import { claimedWorkload } from './confirmation.ts';
import { comparison } from './speed.ts';

/** Three pairs a size do not resolve less. */
const SLOWER_AT_A_SIZE_PCT = 10;

/** How time grows with size on both sides, and whether the sizes that win are sizes that occur. */
export const growth: Rung<Ascent> = {
  name: 'growth',
  doing: 'measuring several sizes',
  async climb(ascent, signal) {
    const workload = claimedWorkload(ascent);
    const histogram = histogramOf((ascent.replay?.captured.functions ?? []).map(({ counts }) => counts?.sizes ?? {}));
    const offered = await sizeLadder(comparison(ascent, workload, signal));
    // Nobody wrote sizes into recorded calls, but they have some.
    const classes = !offered.sized && workload.source === 'captured' && ascent.replay ? sizeClasses(ascent.replay.captured) : [];
    const ladder = classes.length < 2 ? offered : await sizeClassLadder(comparison(ascent, workload, signal), classes);
    if (!ladder.sized) return { outcome: 'skipped', detail: ladder.reason };
    ascent.measurements.push(...ladder.rungs);
    const broken = ladder.rungs.find((rung) => rung.decision === 'output_differs');
    if (broken)
      return {
        outcome: 'failed',
        detail: ladder.reason,
        fall: { verdict: 'behaviour_differs', reason: `At size ${String(broken.size)}: ${broken.reason}` },
      };
    return judge(ascent, ladder, histogram, classes.length >= 2);
  },
};

/** The words for a ladder: how both sides grow, and the gain at each size. */
const told = (ladder: SizeLadder): string =>
  `${ladder.reason} (${ladder.gains.map(({ size, gain_pct }) => `${size}: ${gain_pct.toFixed(0)} %`).join(', ')})`;

/**
 * Where calls were recorded, their sizes count as they occur, and a win at other sizes is none. Where a person or a benchmark says what is
 * run, that says which sizes occur; what was recorded is then a warning, and only where sizes seem to be meant alike.
 */
function judge(ascent: Ascent, ladder: SizeLadder, histogram: SizeHistogram, recorded: boolean): RungResult {
  const verdict = judgeSizes(ladder.gains, histogram);
  const comparable = recorded || (largestSeen(histogram) ?? 0) >= Math.min(...ladder.gains.map(({ size }) => size));
  const text = [told(ladder), ...(comparable && verdict.win !== 'unknown' ? [verdict.reason] : [])].join('; ');
  const { growth: fit } = ladder;
  if (fit) ascent.growth = { ...fit, base: { ...fit.base }, candidate: { ...fit.candidate }, sizes: comparable ? verdict.reason : null };
  if (ladder.gains.length < ladder.rungs.length) ascent.not_covered.push(`growth: ${ladder.reason}`);
  const slower = ladder.gains.filter(({ gain_pct }) => gain_pct < -SLOWER_AT_A_SIZE_PCT);
  const nowhere_seen = verdict.win === 'only_at_unseen_sizes' || restsOnRareSizes(verdict, histogram);
  if (recorded && nowhere_seen)
    return {
      outcome: 'failed',
      detail: text,
      fall: { verdict: 'not_proven', reason: `The gain is not at the sizes that occur: ${verdict.reason}.` },
    };
  if (comparable && (nowhere_seen || losesTypically(verdict, histogram)))
    return { outcome: 'warning', detail: `needs a look at the sizes: ${text}` };
  return slower.length === 0 ? { outcome: 'passed', detail: text } : { outcome: 'warning', detail: `slower at some sizes: ${text}` };
}
