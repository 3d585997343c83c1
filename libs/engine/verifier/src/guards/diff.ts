import { CodeOptimaError } from '@codeoptima/contracts';

/** One file of a unified diff as `git diff` prints it. */
export interface DiffFile {
  old_path: string | null;
  new_path: string | null;
  /** Header lines that say more than content changed: modes, renames, symlinks, submodules, binary. */
  special: string[];
  /** 1-based line numbers in the new file. */
  added: Set<number>;
  /** 1-based line numbers in the old file. */
  removed: Set<number>;
}

const SPECIAL =
  /^(old mode|new mode|deleted file mode|new file mode|similarity index|rename from|rename to|copy from|copy to|Binary files|GIT binary patch|index [0-9a-f]+\.\.[0-9a-f]+ 1[26]0000$)/;

/** Parses a unified diff. Throws `bad_input` naming the line when it is none. */
export const parseDiff = (text: string): DiffFile[] => readDiff(text).map(({ file }) => file);

/** The files of a diff one by one, each with its own text. */
export function splitDiff(text: string): { file: DiffFile; text: string }[] {
  const lines = text.split('\n');
  const found = readDiff(text);
  return found.map(({ file, from }, index) => {
    const to = found[index + 1]?.from ?? lines.length;
    return { file, text: `${lines.slice(from, to).join('\n')}${to < lines.length ? '\n' : ''}` };
  });
}

/** Files with the line they begin at, from 0. Whatever `git apply` takes for a file of its own is one here as well. */
function readDiff(text: string): { file: DiffFile; from: number }[] {
  const files: { file: DiffFile; from: number }[] = [];
  let current: DiffFile | null = null;
  // After its hunks a file is over: plain headers without `diff --git` begin another one.
  let over = true;
  let old_line = 0;
  let new_line = 0;
  let old_left = 0;
  let new_left = 0;
  for (const [index, line] of text.split('\n').entries()) {
    if (old_left > 0 || new_left > 0) {
      if (!current) throw bad(index, 'a hunk before any file header');
      const mark = line[0] ?? ' ';
      if (mark === '+') {
        current.added.add(new_line++);
        new_left -= 1;
      } else if (mark === '-') {
        current.removed.add(old_line++);
        old_left -= 1;
      } else if (mark === ' ') {
        old_line += 1;
        new_line += 1;
        old_left -= 1;
        new_left -= 1;
      } else if (mark !== '\\') throw bad(index, `a hunk line starts with ${JSON.stringify(mark)}`);
      continue;
    }
    const header = /^diff --git ("a\/.*?[^\\]"|a\/.*?) ("b\/.*"|b\/.*)$/.exec(line);
    if (header) {
      const [old_path, new_path] = [header[1], header[2]].map((name) => unquoted(name ?? '').slice(2));
      current = { old_path: old_path ?? null, new_path: new_path ?? null, special: [], added: new Set(), removed: new Set() };
      files.push({ file: current, from: index });
      over = false;
    } else if (line.startsWith('--- ') && (over || !current?.old_path)) {
      current = { old_path: pathOf(line), new_path: null, special: [], added: new Set(), removed: new Set() };
      files.push({ file: current, from: index });
      over = false;
    } else if (line.startsWith('--- ') && current) current.old_path = pathOf(line);
    else if (line.startsWith('+++ ') && current) current.new_path = pathOf(line);
    else if (SPECIAL.test(line) && current) current.special.push(line);
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk) {
      over = true;
      old_line = Number(hunk[1]);
      new_line = Number(hunk[3]);
      old_left = Number(hunk[2] ?? 1);
      new_left = Number(hunk[4] ?? 1);
    }
  }
  if (files.length === 0 && text.trim() !== '') throw bad(0, 'no file header');
  return files;
}

const bad = (index: number, what: string): CodeOptimaError =>
  new CodeOptimaError('bad_input', `Line ${index + 1} of the patch has ${what}; expected a unified diff as 'git diff' prints it.`);

const ESCAPES: Readonly<Record<string, string>> = { a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** A name as git prints it where it holds unusual characters: in quotes, bytes as three octal digits. */
function unquoted(name: string): string {
  if (!/^".*"$/.test(name)) return name;
  const bytes = [...name.slice(1, -1).matchAll(/\\([0-7]{3}|.)|[^\\]+/gs)].map(([text, escape]) => {
    if (escape === undefined) return Buffer.from(text);
    return /^[0-7]{3}$/.test(escape) ? Buffer.from([Number.parseInt(escape, 8)]) : Buffer.from(ESCAPES[escape] ?? escape);
  });
  return Buffer.concat(bytes).toString('utf8');
}

/** The path of a `---` or `+++` line without its first part, whatever that is called, as `git apply -p1` takes it. */
function pathOf(line: string): string | null {
  const given = line.slice(4).trim();
  const path = given.startsWith('"') ? unquoted(given) : (given.split('\t')[0]?.trim() ?? '');
  return path === '/dev/null' ? null : path.replace(/^[^/]*\//, '');
}

/** Changed lines as people count them: the larger of added and removed, summed over the files. */
export const changedLines = (files: readonly DiffFile[]): number =>
  files.reduce((sum, file) => sum + Math.max(file.added.size, file.removed.size), 0);
