import { plural } from '@codeoptima/contracts';
import { confirm, controlRow, type MeasuredWorkload } from '@codeoptima/measurement';
import type { Ascent } from '../ascent.ts';
import type { Rung } from '../ladder.ts';
import { brokenBy, comparison } from './speed.ts';
import { percent } from './unproved.ts';

/** The workload the claim is about. Rungs above certification are only reached with one. */
export function claimedWorkload(ascent: Ascent): MeasuredWorkload {
  const workload = ascent.subject.workloads.find((candidate) => candidate.id === ascent.claim?.id);
  if (!workload) throw new Error('a rung above certification was climbed without a claim');
  return workload;
}

/** Ten fresh pairs without any runtime flag, by the wall clock: the sign must be the same. */
export const confirmation: Rung<Ascent> = {
  name: 'confirmation',
  doing: 'confirming in production mode',
  async climb(ascent, signal) {
    const { confirmed, reason, result } = await confirm(comparison(ascent, claimedWorkload(ascent), signal));
    ascent.measurements.push(result);
    const broken = brokenBy(result);
    if (broken) return broken;
    if (confirmed) return { outcome: 'passed', detail: reason };
    return {
      outcome: 'failed',
      detail: reason,
      fall: { verdict: 'not_proven', reason: `The gain is not there without the stabilising flags: ${reason}.` },
    };
  },
};

/** The same code in both arms, through the same path: its row stands in every report. */
export const control: Rung<Ascent> = {
  name: 'control',
  doing: 'measuring identical code',
  async climb(ascent, signal) {
    const { candidate_dir: _unused, ...input } = comparison(ascent, claimedWorkload(ascent), signal);
    const result = await controlRow(input);
    ascent.measurements.push(result);
    const detail = `identical code: estimate ${percent(result.estimate_pct)}, ${plural(result.pairs.length, 'pair')}`;
    if (result.decision !== 'improved') return { outcome: 'passed', detail };
    const reason = `Identical code was measured as faster (${detail}): this machine drifts too much to believe the claim.`;
    return { outcome: 'failed', detail, fall: { verdict: 'cannot_certify_here', reason } };
  },
};

/** Peak memory beyond this much more than before is refused; from a fifth more on it is shown to the person who signs. */
const MEMORY_REFUSED_PCT = 100;

/** Peak memory may not double, and loading or the first call may not take over the work. More garbage is shown, not refused. */
export const otherAxes: Rung<Ascent> = {
  name: 'memory and start-up',
  doing: 'comparing memory and start-up',
  climb(ascent) {
    const axes = [...(ascent.claim?.memory ?? []), ...(ascent.claim?.startup ?? [])];
    const worse = axes.filter((axis) => axis.exceeds_limit);
    const detail =
      axes.map((axis) => `${axis.metric} ${axis.change_pct >= 0 ? '+' : ''}${axis.change_pct.toFixed(0)} %`).join(', ') || 'not measured';
    if (worse.length === 0) return Promise.resolve({ outcome: 'passed', detail });
    // A reader may accept garbage and a larger heap for the time they buy; twice the memory, or work moved elsewhere, is refused.
    if (worse.every((axis) => axis.unit === 'bytes' && (axis.metric.startsWith('allocated') || axis.change_pct <= MEMORY_REFUSED_PCT)))
      return Promise.resolve({ outcome: 'warning', detail: `needs more memory: ${detail}` });
    const reason = `Pays with another resource: ${worse.map((axis) => `${axis.metric} ${Math.round(axis.base)} → ${Math.round(axis.candidate)} ${axis.unit}`).join(', ')}.`;
    return Promise.resolve({ outcome: 'failed', detail, fall: { verdict: 'refused', reason } });
  },
};
