/** One run of changed lines, without lines around it. */
export interface Hunk {
  path: string;
  /** 1-based; where nothing is removed, the line the added ones follow. */
  old_start: number;
  removed: number;
  /** 1-based; where nothing is added, the line after which some are gone. */
  new_start: number;
  added: string[];
}

/** A changed file of a diff made with `--unified=0`. */
export interface ChangedFile {
  path: string;
  is_new: boolean;
  is_gone: boolean;
  hunks: Hunk[];
}

/** Reads a diff that git printed with `--unified=0 --no-renames`. */
export function readHunks(patch: string): ChangedFile[] {
  const files: ChangedFile[] = [];
  let left = 0;
  for (const line of patch.split('\n')) {
    const file = files.at(-1);
    const hunk = file?.hunks.at(-1);
    if (left > 0 && /^[-+]/.test(line)) {
      left -= 1;
      if (line.startsWith('+')) hunk?.added.push(line.slice(1));
      continue;
    }
    const header = /^diff --git a\/(.*) b\/\1$/.exec(line);
    if (header) files.push({ path: header[1] ?? '', is_new: false, is_gone: false, hunks: [] });
    else if (file && line.startsWith('new file mode')) file.is_new = true;
    else if (file && line.startsWith('deleted file mode')) file.is_gone = true;
    const at = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (!at || !file) continue;
    const removed = Number(at[2] ?? 1);
    left = removed + Number(at[4] ?? 1);
    file.hunks.push({ path: file.path, old_start: Number(at[1]), removed, new_start: Number(at[3]), added: [] });
  }
  return files;
}

/** The text of a file with some of its hunks. Whether the last line ends is left as it was. */
export function withHunks(base: string, hunks: readonly Hunk[]): string {
  if (base === '') return hunks.flatMap((hunk) => hunk.added.map((line) => `${line}\n`)).join('');
  const lines = base.split('\n');
  for (const hunk of hunks.toSorted((a, b) => b.old_start - a.old_start))
    lines.splice(hunk.removed === 0 ? hunk.old_start : hunk.old_start - 1, hunk.removed, ...hunk.added);
  return lines.join('\n');
}

/** The first and the last line of the new text that a hunk touches; a removal touches the lines on both sides of it. */
export const linesOf = ({ new_start, added }: Hunk): [number, number] =>
  added.length === 0 ? [new_start, new_start + 1] : [new_start, new_start + added.length - 1];
