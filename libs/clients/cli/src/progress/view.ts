import type { ProgressEvent, RunSnapshot } from '@codeoptima/contracts';
import { provedPercent } from '@codeoptima/evidence';
import { duration, oneLine, usd } from '../text.ts';

/** What one glance at a run shows. */
export interface RunView {
  stage: string;
  /** What runs now; '' when nothing was told. */
  detail: string;
  /** 0 to 1; null when unknown. */
  fraction: number | null;
  elapsed_ms: number;
  limit_ms: number;
  usd: number;
  budget_usd: number;
  tried: number;
  accepted: number;
  best_provable_pct: number | null;
}

/** States of the workflow in the words of a reader. */
const STAGES: Record<string, string> = {
  hotspots: 'hot spots',
  awaiting_signoff: 'awaiting sign-off',
};

export const stageName = (state: string): string => STAGES[state] ?? state.replaceAll('_', ' ');

/** Composes the view of a run at `now_ms`. */
export function viewOf(snapshot: RunSnapshot, progress: ProgressEvent | null, now_ms: number): RunView {
  const { config } = snapshot.request;
  const gains = snapshot.accepted.flatMap(({ result }) => (result.provable_pct === null ? [] : [result.provable_pct]));
  return {
    stage: stageName(snapshot.state),
    detail: progress?.detail ?? '',
    fraction: progress !== null && progress.fraction >= 0 ? Math.min(1, progress.fraction) : null,
    elapsed_ms: now_ms - snapshot.submitted_at_ms,
    limit_ms: snapshot.deadline_ms === null ? config.limits.wall_clock_minutes * 60_000 : snapshot.deadline_ms - snapshot.submitted_at_ms,
    usd: snapshot.cost.usd,
    budget_usd: config.budget.run_usd,
    tried: snapshot.accepted.length + snapshot.rejected.length,
    accepted: snapshot.accepted.length,
    best_provable_pct: gains.length === 0 ? null : Math.max(...gains),
  };
}

/** The two lines of the live view. */
export function viewLines(view: RunView, width: number): string[] {
  const share = view.fraction === null ? '' : ` (${Math.round(view.fraction * 100)} %)`;
  const now = view.detail === '' ? view.stage : `${view.stage}${share}: ${view.detail}`;
  return [oneLine(now, width), oneLine(figures(view), width)];
}

/** Elapsed against limit, money against budget, candidates, best gain. */
export function figures(view: RunView): string {
  const best = view.best_provable_pct === null ? 'no gain proved yet' : `best gain at least ${provedPercent(view.best_provable_pct)}`;
  return [
    `${duration(view.elapsed_ms)} of ${duration(view.limit_ms)}`,
    `${usd(view.usd)} of ${usd(view.budget_usd)}`,
    `${view.tried} candidate${view.tried === 1 ? '' : 's'} tried, ${view.accepted} accepted`,
    best,
  ].join(' · ');
}
