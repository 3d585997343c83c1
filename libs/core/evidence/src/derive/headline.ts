import { plural } from '@codeoptima/contracts';
import type { CandidateEvidence } from '../schema/candidate.ts';
import type { RunEvidence } from '../schema/run.ts';
import { gainOf } from './figures.ts';
import { percent, provedPercent, verdictName } from './format.ts';

/** `at least 31 % faster (estimate 38 %)`; a candidate without a proof never gets these words. */
export function gainSentence(evidence: CandidateEvidence): string {
  const { provable_pct, estimate_pct } = gainOf(evidence);
  if (provable_pct === null) return 'no gain proved';
  const estimate = estimate_pct === null ? '' : ` (estimate ${percent(estimate_pct)})`;
  return `at least ${provedPercent(provable_pct)} faster${estimate}`;
}

/** One line over a whole run. */
export function runHeadline(run: RunEvidence): string {
  const [first, ...more] = run.accepted;
  const [judged] = run.rejected;
  if (run.kind === 'verify' && judged !== undefined) return verdictName(judged.verdict);
  if (first === undefined) return run.rejected.length === 0 ? 'nothing to change' : 'no gain proved';
  if (more.length === 0) return gainSentence(first);
  const best = run.accepted.reduce((a, b) => ((gainOf(b).provable_pct ?? 0) > (gainOf(a).provable_pct ?? 0) ? b : a));
  return `${plural(run.accepted.length, 'change')} proved, the largest ${gainSentence(best)}`;
}
