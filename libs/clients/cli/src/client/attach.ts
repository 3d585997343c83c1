import type { Run, RunRequest } from '@codeoptima/contracts';
import { canonicalJson, idempotencyKey } from '../preflight/request.ts';
import { snapshotOf } from '../progress/follow.ts';
import type { RunApi } from './run-api.ts';

const LOOK_BACK = 200;

export interface Submission {
  run: Run;
  /** False when the run was there already: submitted at the same moment, or left behind by an interrupted command. */
  created: boolean;
}

/**
 * Submits a run, or takes up the one of this same request that is still at work. A run that waits for a person is not at work:
 * the same command then starts a new one.
 */
export async function submitOrAttach(api: RunApi, request: RunRequest): Promise<Submission> {
  const wanted = canonicalJson(request);
  const newestFirst = (await api.list({ limit: LOOK_BACK, active_only: false })).sort((a, b) => submittedMs(b) - submittedMs(a));
  const same: Run[] = [];
  for (const run of newestFirst) {
    if (run.repository !== request.repository) continue;
    const whole = run.snapshotJson === '' ? await api.get(run.runId) : run;
    if (canonicalJson(snapshotOf(whole).request) === wanted) same.push(whole);
  }
  const atWork = same.find(isAtWork);
  if (atWork) return { run: atWork, created: false };
  for (let ended = same[0]?.runId ?? ''; ; ) {
    const key = idempotencyKey(request, ended);
    const submission = await api.submit({ idempotency_key: key, workflow: 'optimize', request_json: JSON.stringify(request) });
    // A run that ended longer ago than the list reaches back, or just now, answers for its key; the next one stands behind it.
    if (submission.created || isAtWork(submission.run) || submission.run.runId === ended) return submission;
    ended = submission.run.runId;
  }
}

const isAtWork = (run: Run): boolean => !run.terminal && run.state !== 'awaiting_signoff';

const submittedMs = (run: Run): number => Number(run.submittedAt?.seconds ?? 0n) * 1000 + (run.submittedAt?.nanos ?? 0) / 1e6;
