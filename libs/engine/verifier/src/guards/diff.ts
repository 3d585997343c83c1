import { CodeOptimaError } from '@codeoptima/contracts';

/** One file of a unified diff as `git diff` prints it. */
export interface DiffFile {
  old_path: string | null;
  new_path: string | null;
  /** Header lines that say more than content changed: modes, renames, symlinks, binary. */
  special: string[];
  /** 1-based line numbers in the new file. */
  added: Set<number>;
  /** 1-based line numbers in the old file. */
  removed: Set<number>;
}

const SPECIAL =
  /^(old mode|new mode|deleted file mode|new file mode|similarity index|rename from|rename to|copy from|copy to|Binary files|GIT binary patch)/;

/** Parses a unified diff. Throws `bad_input` naming the line when it is none. */
export function parseDiff(text: string): DiffFile[] {
  const files: DiffFile[] = [];
  let current: DiffFile | null = null;
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
    const header = /^diff --git (?:"?a\/(.*?)"?) (?:"?b\/(.*?)"?)$/.exec(line);
    if (header) {
      current = { old_path: header[1] ?? null, new_path: header[2] ?? null, special: [], added: new Set(), removed: new Set() };
      files.push(current);
    } else if (line.startsWith('--- ') && !current?.old_path) {
      current = { old_path: pathOf(line), new_path: null, special: [], added: new Set(), removed: new Set() };
      files.push(current);
    } else if (line.startsWith('--- ') && current) current.old_path = pathOf(line);
    else if (line.startsWith('+++ ') && current) current.new_path = pathOf(line);
    else if (SPECIAL.test(line) && current) current.special.push(line);
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk) {
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

function pathOf(line: string): string | null {
  const path = line.slice(4).split('\t')[0]?.trim() ?? '';
  return path === '/dev/null' ? null : path.replace(/^"?[ab]\//, '').replace(/"$/, '');
}

/** Changed lines as people count them: the larger of added and removed, summed over the files. */
export const changedLines = (files: readonly DiffFile[]): number =>
  files.reduce((sum, file) => sum + Math.max(file.added.size, file.removed.size), 0);
