import { fastForward, isUrl, resolveCommit } from '@codeoptima/scm';
import type { TaskHandler } from '@codeoptima/worker';

/** Fast-forwards the base branch, or says in one sentence why not. Nothing is forced, and no working tree with changes is touched. */
export const merge: TaskHandler<'merge'> = async ({ payload, progress }) => {
  const { request, branch, base_branch, base_commit } = payload;
  const by_hand = `merge ${branch} by hand`;
  if (isUrl(request.repository)) {
    return { merged: false, reason: `${branch} lies in our mirror: push it and ${by_hand}, since nothing is ever pushed for you.` };
  }
  if (base_branch === null) return { merged: false, reason: `The run began on a detached HEAD, so there is no base branch: ${by_hand}.` };
  progress(`fast-forwarding ${base_branch}`, 0.5);
  const tip = await resolveCommit(request.repository, `refs/heads/${branch}`);
  return fastForward(request.repository, base_branch, tip, base_commit);
};
