/** One run of lines in a difference: `kept`, `removed` or `added`. */
export interface LineOp {
  kind: 'kept' | 'removed' | 'added';
  line: string;
}

/** Above this many lines between the first and the last change, everything between counts as replaced. */
const MIDDLE_LIMIT_LINES = 4000;

/** Lines with their terminators; the last one may have none. */
const splitLines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

function middleOps(before: string[], after: string[]): LineOp[] {
  const rows = before.length;
  const columns = after.length;
  if (rows * columns === 0 || rows + columns > MIDDLE_LIMIT_LINES) {
    return [...before.map((line): LineOp => ({ kind: 'removed', line })), ...after.map((line): LineOp => ({ kind: 'added', line }))];
  }
  const width = columns + 1;
  const longest = new Uint32Array((rows + 1) * width);
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      longest[i * width + j] =
        before[i] === after[j]
          ? (longest[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(longest[(i + 1) * width + j] ?? 0, longest[i * width + j + 1] ?? 0);
    }
  }
  const ops: LineOp[] = [];
  let i = 0;
  let j = 0;
  while (i < rows && j < columns) {
    const [old, fresh] = [before[i] ?? '', after[j] ?? ''];
    if (old === fresh) {
      ops.push({ kind: 'kept', line: old });
      i++;
      j++;
    } else if ((longest[(i + 1) * width + j] ?? 0) >= (longest[i * width + j + 1] ?? 0)) {
      ops.push({ kind: 'removed', line: old });
      i++;
    } else {
      ops.push({ kind: 'added', line: fresh });
      j++;
    }
  }
  while (i < rows) ops.push({ kind: 'removed', line: before[i++] ?? '' });
  while (j < columns) ops.push({ kind: 'added', line: after[j++] ?? '' });
  return ops;
}

function lineOps(before: string, after: string): LineOp[] {
  const old = splitLines(before);
  const fresh = splitLines(after);
  let head = 0;
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head++;
  let tail = 0;
  while (tail < old.length - head && tail < fresh.length - head && old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]) tail++;
  const kept = (line: string): LineOp => ({ kind: 'kept', line });
  return [
    ...old.slice(0, head).map(kept),
    ...middleOps(old.slice(head, old.length - tail), fresh.slice(head, fresh.length - tail)),
    ...old.slice(old.length - tail).map(kept),
  ];
}

/** Lines that are removed or added, in the order of the file. */
export const changedLines = (before: string, after: string): LineOp[] => lineOps(before, after).filter((op) => op.kind !== 'kept');

/** Lines added plus lines removed. */
export const countChangedLines = (before: string, after: string): number => changedLines(before, after).length;

const CONTEXT_LINES = 3;
const MARK = { kept: ' ', removed: '-', added: '+' } as const;

const body = (op: LineOp): string => `${MARK[op.kind]}${op.line}${op.line.endsWith('\n') ? '' : '\n\\ No newline at end of file\n'}`;

/** A range in a hunk header; a range of no lines names the line before it. */
const range = (start: number, count: number): string => `${count === 0 ? start - 1 : start},${count}`;

/** Unified diff in git's form (`git apply -p1`); empty when the texts are equal. */
export function unifiedDiff(file: string, before: string, after: string): string {
  const ops = lineOps(before, after);
  const changed = ops.flatMap((op, index) => (op.kind === 'kept' ? [] : [index]));
  if (changed.length === 0) return '';
  let text = `diff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n`;
  let oldLine = 1;
  let newLine = 1;
  let at = 0;
  for (let next = 0; next < changed.length; ) {
    const first = Math.max(at, (changed[next] ?? 0) - CONTEXT_LINES);
    let last = changed[next] ?? 0;
    while (next < changed.length && (changed[next] ?? 0) - last <= 2 * CONTEXT_LINES) last = changed[next++] ?? last;
    const end = Math.min(ops.length, last + CONTEXT_LINES + 1);
    oldLine += first - at;
    newLine += first - at;
    const hunk = ops.slice(first, end);
    const removed = hunk.filter((op) => op.kind !== 'added').length;
    const added = hunk.filter((op) => op.kind !== 'removed').length;
    text += `@@ -${range(oldLine, removed)} +${range(newLine, added)} @@\n${hunk.map(body).join('')}`;
    oldLine += removed;
    newLine += added;
    at = end;
  }
  return text;
}
