import { type GitOptions, git, tryGit } from '@codeoptima/scm';

export interface Commit {
  hash: string;
  /** Unix milliseconds. */
  at_ms: number;
  message: string;
}

const BATCH = 2_000;
const MESSAGE_CHARS_MAX = 2_000;

/** Commits with one parent, newest first, in batches: a history of any length is read piece by piece. */
export async function* commitsOf(cwd: string, from: string, max: number, signal: AbortSignal): AsyncGenerator<Commit[]> {
  for (let skip = 0; skip < max; skip += BATCH) {
    const count = Math.min(BATCH, max - skip);
    const log = await git(
      ['log', '--no-merges', '--min-parents=1', `--max-count=${count}`, `--skip=${skip}`, '--format=%H%x1f%ct%x1f%B%x1e', from, '--'],
      { cwd, signal },
    );
    const batch = log.split('\x1e').flatMap((entry): Commit[] => {
      const [hash = '', seconds = '', message = ''] = entry.replace(/^\n/, '').split('\x1f');
      return hash === '' ? [] : [{ hash, at_ms: Number(seconds) * 1000, message: message.trim().slice(0, MESSAGE_CHARS_MAX) }];
    });
    yield batch;
    if (batch.length < count) return;
  }
}

/** Lines that a commit touched in one file. */
export interface TouchedFile {
  path: string;
  /** 1-based lines of the file before and after; an insertion touches the line it follows. */
  old_lines: [from: number, to: number][];
  new_lines: [from: number, to: number][];
}

const SOURCES = [
  '*.js',
  '*.mjs',
  '*.cjs',
  '*.jsx',
  '*.ts',
  '*.mts',
  '*.cts',
  '*.tsx',
  '*.py',
  '*.cc',
  '*.cpp',
  '*.cxx',
  '*.hpp',
  '*.hh',
  '*.h',
];
const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** Modified source files of a commit with their touched lines; null when the commit cannot be read (a shallow edge). */
export async function touchedFiles(cwd: string, commit: string, signal: AbortSignal): Promise<TouchedFile[] | null> {
  const options: GitOptions = { cwd, signal };
  const shown = await tryGit(
    [
      'diff',
      '--unified=0',
      '--no-color',
      '--no-ext-diff',
      '--no-textconv',
      '--no-renames',
      '--diff-filter=M',
      `${commit}^`,
      commit,
      '--',
      ...SOURCES,
    ],
    options,
  );
  if (shown.exit_code !== 0) return null;
  const files: TouchedFile[] = [];
  let last: TouchedFile | null = null;
  for (const line of shown.stdout.split('\n')) {
    if (line.startsWith('diff --git ')) last = null;
    else if (line.startsWith('+++ b/')) {
      last = { path: line.slice(6).replace(/\t$/, ''), old_lines: [], new_lines: [] };
      files.push(last);
    }
    const [, old_from, old_count = '1', new_from, new_count = '1'] = HUNK.exec(line) ?? [];
    if (last === null || old_from === undefined || new_from === undefined) continue;
    last.old_lines.push([Number(old_from), Number(old_from) + Math.max(1, Number(old_count)) - 1]);
    last.new_lines.push([Number(new_from), Number(new_from) + Math.max(1, Number(new_count)) - 1]);
  }
  return files;
}

const FILE_CHARS_MAX = 1_000_000;

/** Text of a file at a commit; null when it is missing, binary or very large. */
export async function fileAt(cwd: string, commit: string, path: string, signal: AbortSignal): Promise<string | null> {
  const shown = await tryGit(['cat-file', 'blob', `${commit}:${path}`], { cwd, signal });
  return shown.exit_code !== 0 || shown.stdout.length > FILE_CHARS_MAX || shown.stdout.includes('\0') ? null : shown.stdout;
}
