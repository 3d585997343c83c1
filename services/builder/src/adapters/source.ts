import { join } from 'node:path';
import type { RunRequest } from '@codeoptima/contracts';
import { checkout, checkoutSubmodules, inspectRepository, isUrl, mirror, type RepositoryFacts, tryGit } from '@codeoptima/scm';

export interface Source {
  facts: RepositoryFacts;
  base_branch: string | null;
}

/** The branch that a result would go into: the asked one, or the current one when it stands at the asked commit. */
async function baseBranch(repository: string, ref: string | null, facts: RepositoryFacts): Promise<string | null> {
  if (ref === null) return facts.branch;
  const points = async (name: string): Promise<string | null> => {
    const { exit_code, stdout } = await tryGit(['rev-parse', '--verify', '--quiet', '--end-of-options', name], { cwd: repository });
    return exit_code === 0 ? stdout.trim() : null;
  };
  if ((await points(`refs/heads/${ref}`)) !== null) return ref;
  return (await points('HEAD')) === facts.commit ? facts.branch : null;
}

const WHOLE_HASH = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * Finds the repository of a request; a URL is mirrored in the data directory.
 * @throws CodeOptimaError `bad_input` when there is no such repository, commit, branch or tag
 */
export async function findSource(request: RunRequest, data_dir: string, signal: AbortSignal): Promise<Source> {
  const commit = request.ref !== null && WHOLE_HASH.test(request.ref) ? request.ref : null;
  const repository = isUrl(request.repository)
    ? await mirror(request.repository, join(data_dir, 'mirrors'), signal, commit)
    : request.repository;
  const facts = await inspectRepository(repository, request.ref);
  return { facts, base_branch: await baseBranch(repository, request.ref, facts) };
}

/** A fresh checkout in `dir`, with the submodules that are at hand. Gives the paths of those that are not. */
export async function fetchTree({ facts }: Source, dir: string, signal: AbortSignal): Promise<string[]> {
  await checkout(facts.root, facts.commit, dir, signal);
  return facts.bare ? facts.submodules : await checkoutSubmodules(facts.root, dir, facts.submodules, signal);
}
