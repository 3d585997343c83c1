import type { RunOutput, RunSnapshot } from '@codeoptima/contracts';
import type { ReportPaths } from './reports.ts';

/** The object that `run --json` prints last. `ended_at_ms` is the end of the run, or now for one that waits for a person. */
export function runOutput(snapshot: RunSnapshot, report: ReportPaths | null, ended_at_ms: number): RunOutput {
  const commits = new Map(snapshot.review?.commits.map(({ candidate_id, commit }) => [candidate_id, commit]));
  return {
    run_id: snapshot.run_id,
    state: snapshot.state,
    reason: snapshot.reason,
    branch: snapshot.review?.branch ?? null,
    base_commit: snapshot.baseline?.base_commit ?? snapshot.request.ref,
    changes: snapshot.accepted.flatMap(({ candidate, result }) => {
      const commit = commits.get(candidate.id);
      if (commit === undefined || result.estimate_pct === null || result.provable_pct === null) return [];
      const { source, rule, file, symbol } = candidate;
      return [{ commit, source, rule, file, symbol, estimate_pct: result.estimate_pct, provable_pct: result.provable_pct }];
    }),
    report,
    cost: snapshot.cost,
    duration_s: Math.max(0, Math.round((ended_at_ms - snapshot.submitted_at_ms) / 100) / 10),
  };
}
