import { mkdtemp, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { CONFIG_FILE } from '@codeoptima/config';
import { isUrl, tryGit } from '@codeoptima/scm';
import { badInput } from '../errors.ts';
import { withScratch } from '../verify/session.ts';
import { checkManifest } from './manifest.ts';

/** A repository that a run can be submitted for. */
export interface FoundRepository {
  /** Absolute path of its root, or the URL as given. */
  repository: string;
  /** Commit hash the run is about. */
  commit: string;
  /** Text of codeoptima.toml, or null. */
  config_text: string | null;
  /** How messages call that file. */
  config_file: string;
  /** Folder below the root that PATH named; '' for the root. */
  package_dir: string;
}

export interface FindOptions {
  cwd: string;
  /** Where a remote repository is looked at. */
  data_dir: string;
  /** Commit, branch or tag; null is HEAD. */
  ref: string | null;
  /** `--config FILE` in place of the repository's own. */
  config: string | null;
}

const FETCH_LIMIT_MS = 300_000;

/** Checks PATH or URL before anything is started. Throws `bad_input` with one sentence: what is wrong, where, what would be right. */
export async function findRepository(target: string, options: FindOptions): Promise<FoundRepository> {
  return isUrl(target) ? findRemote(target, options) : findLocal(target, options);
}

async function findLocal(target: string, options: FindOptions): Promise<FoundRepository> {
  const path = resolve(options.cwd, target);
  const info = await stat(path).catch(() => null);
  if (info === null) throw badInput(`${path} does not exist: give the path of a git repository, or a git URL.`, { path });
  if (!info.isDirectory()) throw badInput(`${path} is a file: give the folder of a git repository.`, { path });
  const { root, git_dir } = await rootOf(path);
  const commit = await commitOf(root, options.ref ?? 'HEAD', options.ref);
  await checkCommitted(git_dir, commit, root);
  const own = join(root, CONFIG_FILE);
  const config_file = options.config === null ? own : resolve(options.cwd, options.config);
  const config_text = await readConfig(config_file, options.config !== null);
  const shown = options.config ?? CONFIG_FILE;
  return { repository: root, commit, config_text, config_file: shown, package_dir: relative(root, await realpath(path)) };
}

async function rootOf(path: string): Promise<{ root: string; git_dir: string }> {
  const top = await tryGit(['rev-parse', '--show-toplevel'], { cwd: path });
  if (top.exit_code === 0) {
    const root = top.stdout.replace(/\n$/u, '');
    return { root, git_dir: root };
  }
  const bare = await tryGit(['rev-parse', '--is-bare-repository'], { cwd: path });
  if (bare.exit_code === 0 && bare.stdout.trim() === 'true') return { root: path, git_dir: path };
  throw badInput(`${path} is not a git repository: run "git init" and commit the code, or give the path of a repository.`, { path });
}

async function commitOf(root: string, ref: string, given: string | null): Promise<string> {
  const commit = await tryGit(['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`], { cwd: root });
  if (commit.exit_code === 0) return commit.stdout.trim();
  if (given !== null) throw badInput(`${root} has no commit, branch or tag called "${given}".`, { path: root });
  throw badInput(`${root} is an empty repository: commit the code first.`, { path: root });
}

/** The run works on the commit, so the committed package.json counts, not the one in the working tree. */
async function checkCommitted(git_dir: string, commit: string, name: string): Promise<void> {
  const short = commit.slice(0, 10);
  const manifest = await tryGit(['show', `${commit}:package.json`], { cwd: git_dir });
  if (manifest.exit_code === 0) {
    checkManifest(manifest.stdout, `${name}/package.json`);
    return;
  }
  const tree = await tryGit(['ls-tree', '--name-only', commit], { cwd: git_dir });
  if (tree.exit_code === 0 && tree.stdout.trim() === '') throw badInput(`${name} has no files in commit ${short}: commit the code first.`);
  throw badInput(`${name} has no package.json in the root of commit ${short}: Code Optima needs an npm package (add one and commit it).`);
}

async function readConfig(file: string, isRequired: boolean): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (!isRequired && (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw badInput(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}): give a readable codeoptima.toml.`);
  }
}

/** Fetches one commit without its history into a folder that is removed again; the builder makes the lasting mirror. */
const findRemote = (url: string, options: FindOptions): Promise<FoundRepository> =>
  withScratch(options.data_dir, async (scratch) => {
    const dir = await mkdtemp(join(scratch, 'look-'));
    await fetchCommit(url, dir, options.ref);
    const commit = await commitOf(dir, 'FETCH_HEAD', null);
    await checkCommitted(dir, commit, url);
    const own = await tryGit(['show', `${commit}:${CONFIG_FILE}`], { cwd: dir });
    const config_text =
      options.config === null ? (own.exit_code === 0 ? own.stdout : null) : await readConfig(resolve(options.cwd, options.config), true);
    return { repository: url, commit, config_text, config_file: options.config ?? CONFIG_FILE, package_dir: '' };
  });

async function fetchCommit(url: string, dir: string, ref: string | null): Promise<void> {
  await tryGit(['init', '--quiet', '--bare', '.'], { cwd: dir });
  const wanted = ['fetch', '--quiet', '--depth', '1', '--filter=blob:limit=1m', '--', url, ref ?? 'HEAD'];
  const limit = AbortSignal.timeout(FETCH_LIMIT_MS);
  const fetched = await tryGit(wanted, { cwd: dir, network: true, signal: limit }).catch((error: unknown) => {
    throw limit.aborted ? badInput(`${url} did not answer within ${FETCH_LIMIT_MS / 60_000} minutes.`) : error;
  });
  if (fetched.exit_code === 0) return;
  const why = fetched.stderr.split('\n').findLast((line) => /fatal|error/iu.test(line)) ?? fetched.stderr;
  throw badInput(`${url} cannot be fetched${ref === null ? '' : ` at "${ref}"`}: ${why.replace(/^(fatal|error): /u, '')}.`);
}
