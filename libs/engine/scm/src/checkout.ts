import { createHash } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';
import { draftOf } from '@codeoptima/embedded/drafts';
import { git, tryGit } from './git.ts';
import { isUrl } from './inspect.ts';

/**
 * A fresh clone of one commit in `dir` (which must not exist). The source repository is only read: no lock, no ref, no hook. Objects are
 * borrowed from it by `--shared`, which is safe for the short life of a checkout; `.git/objects/info/alternates` names it.
 */
export async function checkout(repository: string, commit: string, dir: string, signal?: AbortSignal): Promise<void> {
  await mkdir(dir, { recursive: true });
  await git(['clone', '--quiet', '--shared', '--no-checkout', '--no-tags', '--', repository, dir], { cwd: dir, signal });
  await git(['-c', 'core.symlinks=true', 'checkout', '--quiet', '--detach', commit, '--'], { cwd: dir, signal });
  await git(['remote', 'remove', 'origin'], { cwd: dir, signal });
}

/** Fills in those submodules that can be reached without a network. Gives the paths that stayed empty. */
export async function checkoutSubmodules(
  repository: string,
  dir: string,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<string[]> {
  const missing: string[] = [];
  for (const path of paths) {
    const local = join(repository, path);
    const known = await stat(join(local, '.git')).catch(() => null);
    const entry = known ? await tryGit(['ls-tree', 'HEAD', '--', path], { cwd: dir, signal }) : null;
    const commit = entry ? /^160000 commit ([0-9a-f]+)\t/.exec(entry.stdout)?.[1] : undefined;
    const has = commit ? await tryGit(['cat-file', '-e', `${commit}^{commit}`], { cwd: local, signal }) : null;
    if (!commit || has?.exit_code !== 0) {
      missing.push(path);
      continue;
    }
    await rm(join(dir, path), { recursive: true, force: true });
    await checkout(local, commit, join(dir, path), signal);
    await rm(join(dir, path, '.git'), { recursive: true, force: true });
  }
  return missing;
}

/**
 * The local mirror of a remote repository under `cache_dir`, made or brought up to date. Branches made here (`codeoptima/…`) survive an update.
 * With a `commit` (its whole hash) one that holds it is good as it is, and asks no network; one that does not is asked for it by name, since
 * no branch may lead to it.
 * Throws `bad_input` when the URL cannot be cloned.
 */
export async function mirror(url: string, cache_dir: string, signal?: AbortSignal, commit: string | null = null): Promise<string> {
  const dir = await upToDate(url, cache_dir, signal, commit);
  if (commit !== null && !(await holds(dir, commit, signal)))
    await tryGit(['fetch', '--quiet', '--no-tags', 'origin', `+${commit}:refs/codeoptima/asked/${commit}`], {
      cwd: dir,
      network: true,
      signal,
    });
  return dir;
}

const holds = async (dir: string, commit: string, signal?: AbortSignal): Promise<boolean> =>
  (await tryGit(['cat-file', '-e', `${commit}^{commit}`], { cwd: dir, signal })).exit_code === 0;

async function upToDate(url: string, cache_dir: string, signal: AbortSignal | undefined, commit: string | null): Promise<string> {
  if (!isUrl(url)) throw new CodeOptimaError('bad_input', `${url} is not a git URL.`);
  const name =
    url
      .replace(/\.git$/, '')
      .split(/[/:]/)
      .filter(Boolean)
      .at(-1)
      ?.replace(/[^\w.-]/g, '_') ?? 'repository';
  const dir = join(cache_dir, `${name}-${createHash('sha256').update(url).digest('hex').slice(0, 12)}.git`);
  await mkdir(cache_dir, { recursive: true });
  if (await stat(join(dir, 'HEAD')).catch(() => null)) {
    if (commit !== null && (await holds(dir, commit, signal))) return dir;
    await git(['fetch', '--quiet', '--no-tags', 'origin', '+HEAD:refs/remotes/origin/HEAD', '+refs/heads/*:refs/remotes/origin/*'], {
      cwd: dir,
      network: true,
      signal,
    });
    await git(['update-ref', 'HEAD', 'refs/remotes/origin/HEAD'], { cwd: dir, signal });
    return dir;
  }
  const fresh = draftOf(dir);
  await mkdir(fresh, { mode: 0o700 });
  const cloned = await tryGit(['clone', '--quiet', '--bare', '--no-tags', '--', url, fresh], { cwd: cache_dir, network: true, signal });
  if (cloned.exit_code !== 0) {
    await rm(fresh, { recursive: true, force: true });
    const said = cloned.stderr.trim().split('\n').at(-1) ?? 'unknown error';
    throw new CodeOptimaError('bad_input', withoutSecrets(`${url} cannot be cloned: ${said}.`), { ids: { url: withoutSecrets(url) } });
  }
  try {
    await rename(fresh, dir);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // Another process may have made the same mirror meanwhile.
    if (!(await stat(join(dir, 'HEAD')).catch(() => null))) throw error;
  }
  return dir;
}

/** The user and password of a URL stay out of what is told. */
const withoutSecrets = (text: string): string => text.replaceAll(/(\w+:\/\/)[^@/\s]+@/g, '$1');
