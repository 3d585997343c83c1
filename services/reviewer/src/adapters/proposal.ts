import { join } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';
import { commitMessage, type RunEvidence, TRAILER_CANDIDATE, TRAILER_RUN } from '@codeoptima/evidence';
import { applyPatch, type Author, checkout, commitAll, createBranch, findBranchByTrailer, git, isUrl, mirror } from '@codeoptima/scm';
import { branchName } from '../domain/branch-name.ts';

/** A branch that holds one commit per accepted change. */
export interface Proposal {
  branch: string;
  /** In the order of the changes. */
  commits: { candidate_id: string; commit: string }[];
}

export interface ProposalRequest {
  run: RunEvidence;
  /** Where the branch goes: the user's repository, or our mirror of a URL. */
  repository: string;
  author: Author;
  /** Date of the commits. Equal input gives equal commits, so two attempts at once cannot make two branches. */
  date: Date;
  workdir: string;
  signal: AbortSignal;
}

/** The repository on this machine that stands for what the run was asked about; a mirror has the commit since the baseline. */
export const repositoryOf = async (repository: string, commit: string, data_dir: string, signal: AbortSignal): Promise<string> =>
  isUrl(repository) ? mirror(repository, join(data_dir, 'mirrors'), signal, commit) : repository;

/**
 * Makes the branch, or finds the one that an earlier attempt made. Works in a clone of its own: the user's working tree, index, HEAD and
 * branches stay as they are.
 */
export async function propose(request: ProposalRequest): Promise<Proposal> {
  const { run, repository } = request;
  const made = await findBranchByTrailer(repository, TRAILER_RUN, run.run_id);
  if (made !== null) {
    const commits = await commitsOf(repository, run.base_commit, made.commit);
    if (commits.length === run.accepted.length) return { branch: made.branch, commits };
  }
  const dir = join(request.workdir, 'proposal');
  await checkout(repository, run.base_commit, dir, request.signal);
  const commits: Proposal['commits'] = [];
  for (const [index, change] of run.accepted.entries()) {
    await applyPatch(dir, change.patch, { signal: request.signal });
    // A second apart: tools that sort by date keep the order.
    const date = new Date(request.date.getTime() + index * 1000);
    const commit = await commitAll(dir, commitMessage(change, run), request.author, date, request.signal);
    commits.push({ candidate_id: change.candidate.id, commit });
  }
  const tip = commits.at(-1);
  if (tip === undefined) throw new CodeOptimaError('internal', `Run ${run.run_id} has no accepted change to propose.`);
  const name = branchName(run.accepted.map(({ candidate }) => candidate));
  return { branch: await createBranch(repository, name, tip.commit, dir, request.signal), commits };
}

/** Commits between base and tip with the candidates their trailers name, oldest first. */
async function commitsOf(repository: string, base: string, tip: string): Promise<Proposal['commits']> {
  const format = `--format=%H %(trailers:key=${TRAILER_CANDIDATE},valueonly,separator=%x20)`;
  const log = await git(['log', '--reverse', format, `${base}..${tip}`, '--'], { cwd: repository });
  return log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ commit: line.slice(0, line.indexOf(' ')), candidate_id: line.slice(line.indexOf(' ') + 1).trim() }));
}
