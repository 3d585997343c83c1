import type { VerdictData } from './records.ts';

/** An idea: a rule's change of a function, on a runtime. */
export interface Idea {
  rule: string;
  function_hash: string;
  change_hash: string;
  runtime: string;
  repository: string;
  /** What counts as a gain now. */
  target_pct: number;
}

/**
 * The verdict that speaks against trying an idea again: the newest one on the same function, rule, change and runtime, if it fell for a reason
 * that still stands. A behaviour that differs does so in every repository; tests, guards and measured gains are those of one repository; a gain
 * that fell short of a larger target is tried again under a smaller one. What the machine of the day could not judge is always tried again.
 */
export function verdictAgainst(idea: Idea, known: readonly VerdictData[]): VerdictData | null {
  const same = known
    .filter(
      ({ rule, function_hash, change_hash, runtime }) =>
        rule === idea.rule && function_hash === idea.function_hash && change_hash === idea.change_hash && runtime === idea.runtime,
    )
    .sort((a, b) => b.at_ms - a.at_ms);
  const [newest] = same.filter(({ repository, verdict }) => repository === idea.repository || verdict === 'behaviour_differs');
  return newest !== undefined && stands(newest, idea) ? newest : null;
}

function stands({ verdict, estimate_pct, target_pct }: VerdictData, idea: Idea): boolean {
  switch (verdict) {
    case 'behaviour_differs':
    case 'tests_regressed':
    case 'refused':
      return true;
    case 'not_proven':
      return estimate_pct !== null && idea.target_pct >= target_pct;
    default:
      return false;
  }
}

/** Day of a verdict, for people. */
export const dayOf = (at_ms: number): string => new Date(at_ms).toISOString().slice(0, 10);
