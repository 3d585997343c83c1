import { createHash } from 'node:crypto';
import { CodeOptimaError } from '@codeoptima/contracts';
import { type GitResult, git, tryGit, withoutFilters } from './git.ts';

/**
 * Brings `commit` of the checkout `from_dir` into `repository` as a new branch. Working tree, index, HEAD and existing branches stay as they
 * are; a taken name gets `-2`, `-3`, … (a branch that is already at `commit` is taken as made). Gives the name used.
 */
export async function createBranch(
  repository: string,
  wanted: string,
  commit: string,
  from_dir: string,
  signal?: AbortSignal,
): Promise<string> {
  const valid = await tryGit(['check-ref-format', `refs/heads/${wanted}`], { cwd: repository });
  if (valid.exit_code !== 0) throw new CodeOptimaError('bad_input', `'${wanted}' is not a valid name of a branch.`);
  // Named by the checkout too: two attempts at once must not wait for each other's lock.
  const hold = `refs/codeoptima/incoming/${commit}-${createHash('sha256').update(from_dir).digest('hex').slice(0, 12)}`;
  await git(['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance', '--', from_dir, `+HEAD:${hold}`], {
    cwd: repository,
    signal,
  });
  try {
    for (let attempt = 1; attempt < 1000; attempt++) {
      const name = attempt === 1 ? wanted : `${wanted}-${attempt}`;
      const present = (): Promise<GitResult> => tryGit(['rev-parse', '--verify', '--quiet', `refs/heads/${name}`], { cwd: repository });
      const before = await present();
      if (before.stdout.trim() === commit) return name;
      if (before.exit_code === 0) continue;
      // The empty old value makes git refuse when the branch has appeared meanwhile.
      const made = await tryGit(
        ['update-ref', '-m', 'codeoptima: proven changes', `refs/heads/${name}`, commit, '0'.repeat(commit.length)],
        { cwd: repository },
      );
      // Another attempt at the same commits may have come first.
      if (made.exit_code === 0 || (await present()).stdout.trim() === commit) return name;
      if (!/reference already exists|unable to resolve|is at|File exists/.test(made.stderr))
        throw new CodeOptimaError('internal', `The branch ${name} could not be made: ${made.stderr.trim()}`);
    }
  } finally {
    // With what attempts that were killed have left. One that is at work now has its commits by then, or its branch.
    const { stdout } = await tryGit(['for-each-ref', '--format=%(refname)', 'refs/codeoptima/incoming/'], { cwd: repository });
    for (const ref of stdout.split('\n').filter(Boolean)) await tryGit(['update-ref', '-d', ref], { cwd: repository });
  }
  throw new CodeOptimaError('conflict', `No free name for the branch ${wanted}.`);
}

/** The branch under `codeoptima/` whose tip carries a commit trailer `key: value`; null when there is none. */
export async function findBranchByTrailer(
  repository: string,
  key: string,
  value: string,
): Promise<{ branch: string; commit: string } | null> {
  const listed = await git(
    ['for-each-ref', '--format=%(refname:short)%00%(objectname)%00%(contents:trailers:only,unfold)%00%00', 'refs/heads/codeoptima/'],
    { cwd: repository },
  );
  for (const entry of listed.split('\0\0\n')) {
    const [branch, commit, trailers] = entry.split('\0');
    if (branch && commit && trailers?.split('\n').some((line) => line.trim() === `${key}: ${value}`)) return { branch, commit };
  }
  return null;
}

export interface FastForward {
  merged: boolean;
  /** One sentence: what was done, or why not. */
  reason: string;
}

/**
 * Moves `branch` from `expected` to `commit` when that loses nothing. A branch that is checked out is moved with its working tree, and only when
 * that tree is clean.
 */
export async function fastForward(repository: string, branch: string, commit: string, expected: string): Promise<FastForward> {
  const at = (await tryGit(['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`], { cwd: repository })).stdout.trim();
  if (at === commit) return { merged: true, reason: `${branch} was there already.` };
  if (at === '') return { merged: false, reason: `There is no branch ${branch}.` };
  if (at !== expected) return { merged: false, reason: `${branch} has moved since the run began; merge the result by hand.` };
  const ancestor = await tryGit(['merge-base', '--is-ancestor', at, commit], { cwd: repository });
  if (ancestor.exit_code !== 0) return { merged: false, reason: `${branch} is not an ancestor of the result; merge it by hand.` };
  const worktree = await checkedOutIn(repository, branch);
  if (worktree === null) {
    const moved = await tryGit(['update-ref', '-m', 'codeoptima: fast-forward', `refs/heads/${branch}`, commit, expected], {
      cwd: repository,
    });
    return moved.exit_code === 0
      ? { merged: true, reason: `${branch} was moved forward.` }
      : { merged: false, reason: `${branch} moved in the same moment; merge the result by hand.` };
  }
  const status = await git(['status', '--porcelain', '--untracked-files=no'], { cwd: worktree, env: await withoutFilters(worktree) });
  if (status.trim() !== '')
    return { merged: false, reason: `${branch} is checked out in ${worktree} with uncommitted changes; commit or stash them, then merge.` };
  const merged = await tryGit(['merge', '--ff-only', '--quiet', commit], { cwd: worktree, env: { GIT_OPTIONAL_LOCKS: '1' } });
  return merged.exit_code === 0
    ? { merged: true, reason: `${branch} and its working tree in ${worktree} were moved forward.` }
    : { merged: false, reason: `git refused: ${merged.stderr.trim().split('\n')[0] ?? ''}` };
}

async function checkedOutIn(repository: string, branch: string): Promise<string | null> {
  const listed = await git(['worktree', 'list', '--porcelain', '-z'], { cwd: repository });
  for (const block of listed.split('\0\0')) {
    const lines = block.split('\0');
    if (lines.includes(`branch refs/heads/${branch}`) && !lines.includes('bare'))
      return lines.find((line) => line.startsWith('worktree '))?.slice('worktree '.length) ?? null;
  }
  return null;
}
