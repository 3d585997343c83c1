import type { SourceModel } from '../syntax/model.ts';
import type { InsertionPoint } from './insertion.ts';
import { startOf } from '../syntax/node.ts';
import { indentAt, indentRest, type Style } from './style.ts';

/** Replaces the characters from `start` to `end`. */
export interface TextEdit {
  kind: 'text';
  start: number;
  end: number;
  text: string;
}

/** Statements before or after a point; equal ones at one point are written once. */
export interface StatementEdit {
  kind: 'statements';
  where: 'before' | 'after';
  point: InsertionPoint;
  /** Without base indentation, lines parted by `\n`. */
  text: string;
}

export type Edit = TextEdit | StatementEdit;

export const replace = (start: number, end: number, text: string): TextEdit => ({ kind: 'text', start, end, text });

/** An opening that would continue the statement before it when that has no semicolon. */
const CONTINUES = /^(?!\/[/*])[([`+\-/]/;

/** With the semicolon that the next statement needs before it; a block needs none. */
const closed = (text: string, guard: string): string =>
  /^(for|if|while|function)\b[^]*\n\}\s*$/m.test(text) ? text : text.replace(/\s*$/, (end) => guard + end);

function statementsAt(model: SourceModel, style: Style, point: InsertionPoint, before: string[], after: string[]): TextEdit[] {
  const base = indentAt(model.source, point.start);
  const { eol } = style;
  const end = style.semicolons ? ';' : '';
  if (point.kind === 'arrow-body') {
    const inner = base + style.indent;
    const lines = before.map((text) => inner + indentRest(text, inner, eol)).join(eol);
    return [
      replace(point.start, point.start, `{${eol}${lines}${eol}${inner}return `),
      replace(point.end, point.end, `${end}${eol}${base}}`),
    ];
  }
  if (point.kind === 'lone-statement') {
    const open = startsLine(model.source, point.start) ? base.slice(style.indent.length) : base;
    const inner = open + style.indent;
    const head = before.map((text) => indentRest(text, inner, eol) + eol + inner).join('');
    const tail = after.map((text) => eol + inner + indentRest(text, inner, eol)).join('');
    return startsLine(model.source, point.start)
      ? [...openBrace(model.source, point.start, head), replace(point.end, point.end, `${tail}${eol}${open}}`)]
      : [replace(point.start, point.start, `{${eol}${inner}${head}`), replace(point.end, point.end, `${tail}${eol}${open}}`)];
  }
  if (!startsLine(model.source, point.start)) return onLinesOfTheirOwn(model.source, style, point, base, before, after);
  const edits: TextEdit[] = [];
  if (before.length > 0) {
    const opening = model.source[point.start] === ';' ? ';' : model.source.slice(startOf(point.node));
    const guard = !style.semicolons && CONTINUES.test(opening) ? ';' : '';
    edits.push(replace(point.start, point.start, before.map((text) => indentRest(closed(text, guard), base, eol) + eol + base).join('')));
  }
  if (after.length > 0) {
    const guard = !style.semicolons && CONTINUES.test(model.source.slice(point.end).trimStart()) ? ';' : '';
    edits.push(replace(point.end, point.end, after.map((text) => eol + base + indentRest(closed(text, guard), base, eol)).join('')));
  }
  return edits;
}

/** As above for a statement behind another token on its line, `{ return x; }`: it and what is put around it get lines of their own. */
function onLinesOfTheirOwn(
  source: string,
  style: Style,
  { start, end }: InsertionPoint,
  base: string,
  before: readonly string[],
  after: readonly string[],
): TextEdit[] {
  let from = start;
  while (/[ \t]/.test(source[from - 1] ?? '')) from--;
  const inBlock = source[from - 1] === '{';
  const inner = inBlock ? base + style.indent : base;
  const line = style.eol + inner;
  const head = before.map((text) => line + indentRest(text, inner, style.eol)).join('');
  const tail = after.map((text) => line + indentRest(text, inner, style.eol)).join('');
  const close = /^[ \t]*(?=\})/.exec(source.slice(end));
  return [
    replace(from, start, head + line),
    ...(inBlock && close ? [replace(end, end + close[0].length, tail + style.eol + base)] : tail === '' ? [] : [replace(end, end, tail)]),
  ];
}

/** Puts the brace at the end of the line before, where the head of the `if` or loop stands. */
function openBrace(source: string, start: number, head: string): TextEdit[] {
  let at = start;
  while (at > 0 && /\s/.test(source[at - 1] ?? '')) at--;
  return [replace(at, at, ' {'), replace(start, start, head)];
}

const startsLine = (source: string, offset: number): boolean =>
  source.slice(source.lastIndexOf('\n', offset - 1) + 1, offset).trim() === '';

/** The expression of an arrow function that gets a block stands one step further in: so do its lines, those of its edits among them. */
function indentBody(source: string, style: Style, { start, end }: InsertionPoint, edits: TextEdit[]): void {
  const text = source.slice(start, end);
  if (text.includes('`')) return;
  const inside = edits.filter((edit) => start <= edit.start && edit.end <= end);
  for (const edit of inside) edit.text = edit.text.replace(/\n(?=[^\r\n])/g, `\n${style.indent}`);
  for (const { index } of text.matchAll(/\n(?=[^\r\n])/g)) {
    const at = start + index + 1;
    if (!inside.some((edit) => edit.start < at && at < edit.end)) edits.push(replace(at, at, style.indent));
  }
}

/** Turns statements into text at their points; returns null when two edits overlap. */
export function resolveEdits(model: SourceModel, style: Style, edits: readonly Edit[]): TextEdit[] | null {
  const points = new Map<string, { point: InsertionPoint; before: string[]; after: string[] }>();
  const texts = new Map<string, TextEdit>();
  for (const edit of edits) {
    if (edit.kind === 'text') {
      texts.set(`${edit.start}:${edit.end}:${edit.text}`, edit);
      continue;
    }
    const key = `${edit.point.start}:${edit.point.end}`;
    const known = points.get(key) ?? { point: edit.point, before: [], after: [] };
    const list = known[edit.where];
    if (!list.includes(edit.text)) list.push(edit.text);
    points.set(key, known);
  }
  const resolved = [...texts.values()];
  const bodies = [...points.values()].filter(({ point }) => point.kind === 'arrow-body').map(({ point }) => point);
  for (const point of bodies) indentBody(model.source, style, point, resolved);
  for (const { point, before, after } of points.values()) resolved.push(...statementsAt(model, style, point, before, after));
  const order = new Map(resolved.map((edit, index) => [edit, index]));
  resolved.sort((a, b) => a.start - b.start || a.end - b.end || (order.get(a) ?? 0) - (order.get(b) ?? 0));
  for (let i = 1; i < resolved.length; i++) {
    const [before, after] = [resolved[i - 1], resolved[i]];
    if (before && after && after.start < before.end) return null;
  }
  return resolved;
}

export function applyEdits(source: string, edits: readonly TextEdit[]): string {
  let result = '';
  let at = 0;
  for (const edit of edits) {
    result += source.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + source.slice(at);
}
