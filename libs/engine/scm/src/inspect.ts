import { stat } from 'node:fs/promises';
import { CodeOptimaError } from '@codeoptima/contracts';
import { git, tryGit, withoutFilters } from './git.ts';

/** What a run needs to know about a repository before it touches a copy of it. */
export interface RepositoryFacts {
  /** Top folder of the working tree, or of the bare repository. */
  root: string;
  bare: boolean;
  /** Commit of HEAD (or of the asked ref). */
  commit: string;
  /** Current branch; null when HEAD is detached. */
  branch: string | null;
  /** Uncommitted or untracked files, at most 20 of them. They are left alone and not part of a run. */
  dirty: string[];
  shallow: boolean;
  /** Paths of submodules. */
  submodules: string[];
}

export const isUrl = (repository: string): boolean =>
  /^(https?|ssh|git|file):\/\//.test(repository) || /^[\w.-]+@[\w.-]+:/.test(repository);

/**
 * Reads the facts of a local repository; changes nothing in it.
 * Throws `bad_input` when the path is no folder, no git repository, has no commit, or the ref is unknown.
 */
export async function inspectRepository(path: string, ref: string | null = null): Promise<RepositoryFacts> {
  const facts = await stat(path).catch(() => null);
  if (!facts) throw bad(path, `${path} does not exist`);
  if (!facts.isDirectory()) throw bad(path, `${path} is not a folder`);
  const cwd = path;
  const inside = await tryGit(['rev-parse', '--is-bare-repository', '--git-dir'], { cwd });
  if (inside.exit_code !== 0)
    throw bad(path, `${path} is not a git repository. Run 'git init' and commit your files, or give the path of a clone`);
  const bare = inside.stdout.startsWith('true');
  const root = bare ? path : (await git(['rev-parse', '--show-toplevel'], { cwd })).trim();
  const commit = await resolveCommit(cwd, ref);
  const head = await tryGit(['symbolic-ref', '--quiet', '--short', 'HEAD'], { cwd });
  const branch = head.exit_code === 0 ? head.stdout.trim() : null;
  const shallow = (await git(['rev-parse', '--is-shallow-repository'], { cwd })).trim() === 'true';
  const asked = ['status', '--porcelain=v1', '-z', '--untracked-files=normal', '--ignore-submodules=all'];
  const status = bare ? '' : await git(asked, { cwd, env: await withoutFilters(cwd) });
  const dirty = status
    .split('\0')
    .filter((entry) => entry.length > 3)
    .map((entry) => entry.slice(3))
    .slice(0, 20);
  const modules = await tryGit(['config', '--blob', `${commit}:.gitmodules`, '--get-regexp', '^submodule\\..*\\.path$'], { cwd });
  const submodules = modules.exit_code === 0 ? modules.stdout.split('\n').flatMap((line) => line.split(' ').slice(1).join(' ') || []) : [];
  return { root, bare, commit, branch, dirty, shallow, submodules };
}

/** Full hash of a commit, branch or tag; HEAD for null. Throws `bad_input` naming what is missing. */
export async function resolveCommit(path: string, ref: string | null): Promise<string> {
  const name = ref ?? 'HEAD';
  if (name.startsWith('-')) throw bad(path, `${name} is not a commit, branch or tag`);
  const result = await tryGit(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`], { cwd: path });
  if (result.exit_code === 0) return result.stdout.trim();
  throw ref === null
    ? bad(path, `${path} has no commit yet. Commit your files first`)
    : bad(path, `${path} has no commit, branch or tag '${ref}'`);
}

const bad = (path: string, what: string): CodeOptimaError => new CodeOptimaError('bad_input', `${what}.`, { ids: { path } });
