interface Hunk {
  old_start: number;
  old_end: number;
  added_lines: number;
}

const HEADER = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/;

/** Hunks of one file in a unified diff. */
function hunksOf(patch: string, file: string): Hunk[] {
  const hunks: Hunk[] = [];
  let inFile = false;
  for (const line of patch.split('\n')) {
    if (line.startsWith('+++ ')) inFile = line.slice(4).trim() === `b/${file}`;
    const header = inFile ? HEADER.exec(line) : null;
    if (!header) continue;
    const old_start = Number(header[1]);
    const old_lines = Number(header[2] ?? 1);
    hunks.push({ old_start, old_end: old_start + old_lines - 1, added_lines: Number(header[3] ?? 1) - old_lines });
  }
  return hunks;
}

/** Where a range of lines lies after a patch; lines that the patch puts at its edges belong to it. */
export function shiftLines<T extends { start_line: number; end_line: number }>(range: T, patch: string, file: string): T {
  let start = range.start_line;
  let end = range.end_line;
  for (const hunk of hunksOf(patch, file)) {
    if (hunk.old_end < range.start_line) start += hunk.added_lines;
    if (hunk.old_start <= range.end_line) end += hunk.added_lines;
  }
  return { ...range, start_line: start, end_line: Math.max(start, end) };
}
