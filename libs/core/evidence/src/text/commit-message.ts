import type { CandidateEvidence } from '../schema/candidate.ts';
import type { RunEvidence } from '../schema/run.ts';
import { pullRequest } from './pull-request.ts';

/** Trailers by which a later attempt finds what an earlier one made. */
export const TRAILER_RUN = 'Codeoptima-Run';
export const TRAILER_CANDIDATE = 'Codeoptima-Candidate';

/** The pull-request text as a commit message. Headings become bold lines, since git takes lines that begin with # out of an amended message. */
export function commitMessage(change: CandidateEvidence, run: RunEvidence): string {
  const { title, body } = pullRequest(change, run);
  const text = body.replaceAll(/^#+ (.*)$/gmu, '**$1**').trimEnd();
  return `${title}\n\n${text}\n\n${TRAILER_RUN}: ${run.run_id}\n${TRAILER_CANDIDATE}: ${change.candidate.id}\n`;
}
