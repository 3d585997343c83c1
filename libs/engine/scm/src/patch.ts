import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodeOptimaError } from '@codeoptima/contracts';
import { git, tryGit } from './git.ts';

const FORBIDDEN =
  /^(old mode|new mode|deleted file mode|new file mode (?!100644)|rename from|copy from|Binary files|GIT binary patch|--- .*\n\+\+\+ \/dev\/null)/m;

/**
 * Applies a unified diff to a checkout. Paths outside, symbolic links, binary content, modes, renames and deletions are refused with
 * `bad_input`; a patch that does not fit is `conflict`. Nothing is changed when it throws.
 */
export async function applyPatch(dir: string, patch: string, options: { any_change?: boolean; signal?: AbortSignal } = {}): Promise<void> {
  const forbidden = options.any_change ? null : FORBIDDEN.exec(patch);
  if (forbidden) throw new CodeOptimaError('bad_input', `The patch does more than edit files: ${forbidden[0]}.`);
  const result = await tryGit(['apply', '--whitespace=nowarn', '-p1', '-'], { cwd: dir, stdin: patch, signal: options.signal });
  if (result.exit_code === 0) return;
  const invalid = /invalid path|beyond a symbolic link|corrupt patch|No valid patches|only garbage|without full index/.test(result.stderr);
  const ends = (await otherLineEnds(dir, result.stderr, patch))
    ? ', since one of the two ends its lines with CR LF and the other does not'
    : '';
  throw new CodeOptimaError(invalid ? 'bad_input' : 'conflict', `The patch does not apply: ${reasonOf(result.stderr)}${ends}.`);
}

/** What git says about a patch, in words for somebody who has not read git. */
const REASONS: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  [/patch failed: (.*):(\d+)$/m, ([, path, line]) => `${path} has another text around line ${line} than the patch expects`],
  [/^error: (.*): No such file or directory$/m, ([, path]) => `there is no ${path} to change`],
  [/^error: (.*): already exists in/m, ([, path]) => `${path} is there already, and the patch makes it anew`],
  [/only garbage at line (\d+)/, ([, line]) => `it names a file before line ${line} and says nothing about its content`],
  [/corrupt (?:binary )?patch at line (\d+)/, ([, line]) => `it is cut off or damaged at line ${line}`],
  [/unable to find filename in patch at line (\d+)/, ([, line]) => `line ${line} names no file as a/PATH or b/PATH`],
  [/binary patch to '(.*)' without full index/, ([, path]) => `${path} is binary and its content is not in the patch`],
];

function reasonOf(stderr: string): string {
  for (const [pattern, words] of REASONS) {
    const match = pattern.exec(stderr);
    if (match) return words(match);
  }
  return (stderr.trim().split('\n')[0] ?? '').replace(/^error: /, '');
}

/** Whether a patch does not fit a file for nothing but the ends of its lines. */
async function otherLineEnds(dir: string, stderr: string, patch: string): Promise<boolean> {
  const path = /patch failed: (.*):\d+$/m.exec(stderr)?.[1];
  const text = path === undefined ? null : await readFile(join(dir, path), 'utf8').catch(() => null);
  if (text === null) return false;
  const inPatch = patch.split('\n').some((line) => /^[- ].*\r$/.test(line));
  return text.includes('\r\n') !== inPatch;
}

/**
 * Paths a diff changes as git itself reads them, which is what will be applied. Throws `bad_input` when git cannot read it.
 */
export async function pathsOfPatch(dir: string, patch: string, signal?: AbortSignal): Promise<string[]> {
  const result = await tryGit(['apply', '--numstat', '-z', '-p1', '-'], { cwd: dir, stdin: patch, signal });
  if (result.exit_code !== 0) {
    throw new CodeOptimaError('bad_input', `The patch cannot be read: ${reasonOf(result.stderr)}.`);
  }
  return result.stdout
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^[^\t]*\t[^\t]*\t/, ''));
}

/** Unified diff of the working tree of a checkout against its HEAD, new files included. */
export async function diffWorkingTree(dir: string, signal?: AbortSignal): Promise<string> {
  await git(['add', '--intent-to-add', '--all', '--', '.'], { cwd: dir, signal });
  return await git(['diff', '--no-color', '--no-ext-diff', '--no-textconv', '--src-prefix=a/', '--dst-prefix=b/'], { cwd: dir, signal });
}

/** Unified diff between two commits. */
export async function diffCommits(dir: string, base: string, head: string, signal?: AbortSignal): Promise<string> {
  return await git(
    ['diff', '--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--src-prefix=a/', '--dst-prefix=b/', base, head, '--'],
    { cwd: dir, signal },
  );
}

export interface Author {
  name: string;
  email: string;
}

/** Commits everything that changed among tracked files; gives the new commit. `message` is taken as it is. */
export async function commitAll(dir: string, message: string, author: Author, time: Date, signal?: AbortSignal): Promise<string> {
  const date = `${Math.floor(time.getTime() / 1000)} +0000`;
  const env = {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_COMMITTER_NAME: author.name,
    GIT_COMMITTER_EMAIL: author.email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_DATE: date,
  };
  await git(['add', '--update', '--', '.'], { cwd: dir, signal });
  await git(['commit', '--quiet', '--no-verify', '--cleanup=verbatim', '--file=-'], { cwd: dir, stdin: message, env, signal });
  return (await git(['rev-parse', 'HEAD'], { cwd: dir, signal })).trim();
}
