import { posix } from 'node:path';
import { parse } from '@babel/parser';
import { type ChangedFile, type Hunk, linesOf } from './hunks.ts';

/** A function of a file by its first and last line, and whether the workload ran it; or a block that it left out, by its whole lines. */
export interface RanFunction {
  kind: 'function' | 'block';
  from: number;
  to: number;
  ran: boolean;
}

export interface Release {
  /** Changed source files. */
  files: readonly ChangedFile[];
  /** Text of a file before the release and after it; null where there is none. */
  before: (path: string) => string | null;
  after: (path: string) => string | null;
  /** Functions and blocks of a file after the release that were looked at while the workload ran. */
  functions: (path: string) => readonly RanFunction[];
}

/** A statement outside all functions: the names it declares, and the module it takes them from. */
interface Statement {
  from: number;
  to: number;
  /** Name in the file, and the name it has in the module. */
  names: ReadonlyMap<string, string>;
  module: string | null;
  /** It holds no function: its parts belong together. */
  plain: boolean;
}

const PLAIN_LINES_MAX = 60;
const words = (lines: readonly string[]): Set<string> =>
  new Set(lines.filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line)).flatMap((line) => line.match(/[A-Za-z_$][\w$]*/g) ?? []));

const overlaps = (hunk: Hunk, { from, to }: { from: number; to: number }): boolean => {
  const [first, last] = linesOf(hunk);
  return hunk.added.length === 0 ? first >= from && last <= to : first <= to && last >= from;
};

/** Whether the workload ran the innermost functions that a hunk touches, and not only other blocks of these. */
function isRun(hunk: Hunk, ranges: readonly RanFunction[]): boolean {
  const [first, last] = linesOf(hunk);
  if (ranges.some(({ kind, from, to, ran }) => kind === 'block' && !ran && from <= first && last <= to)) return false;
  const around = ranges.filter((each) => each.kind === 'function' && overlaps(hunk, each));
  const innermost = around.filter((each) => !around.some((other) => other !== each && other.from >= each.from && other.to <= each.to));
  return innermost.some((each) => each.ran);
}

/**
 * The hunks of a release that a workload runs: those of the functions it ran, and what these need, which is what they name and the release
 * declares: in the same file, in modules that they take it from, and modules that are new.
 */
export function chooseHunks(release: Release): Set<Hunk> {
  const { files } = release;
  const chosen = new Set(files.flatMap(({ path, hunks }) => hunks.filter((hunk) => isRun(hunk, release.functions(path)))));
  // What is added on the way is visited as well.
  for (const hunk of chosen) for (const needed of needsOf(hunk, release)) chosen.add(needed);
  return chosen;
}

function needsOf(hunk: Hunk, release: Release): Hunk[] {
  const file = release.files.find(({ path }) => path === hunk.path);
  if (!file || file.is_gone) return [];
  const named = words(hunk.added);
  const statements = statementsOf(release.after(hunk.path) ?? '');
  return statements.flatMap((statement) => {
    const own = file.hunks.filter((other) => overlaps(other, statement));
    const together = statement.plain && own.includes(hunk) ? own : [];
    const used = [...statement.names].filter(([name]) => named.has(name));
    if (used.length === 0) return together;
    const declared = own.includes(hunk) ? [] : own;
    return [
      ...together,
      ...declared,
      ...takenFrom(
        statement.module,
        hunk.path,
        used.map(([, name]) => name),
        release,
      ),
    ];
  });
}

/** What a module has to have for names that are taken from it: all of a new one, and the new names of a changed one. */
function takenFrom(module: string | null, path: string, names: readonly string[], { files, before }: Release): Hunk[] {
  if (!module?.startsWith('.')) return [];
  const place = posix.join(posix.dirname(path), module);
  const file = files.find((each) =>
    ['', '.js', '.mjs', '.cjs', '.ts', '/index.js', '/index.ts'].some((end) => each.path === `${place}${end}`),
  );
  if (!file) return [];
  if (file.is_new) return file.hunks;
  const known = words((before(file.path) ?? '').split('\n'));
  return file.hunks.filter((hunk) => [...words(hunk.added)].some((word) => names.includes(word) && !known.has(word)));
}

interface Syntax {
  type: string;
  loc: { start: { line: number }; end: { line: number } };
  [key: string]: unknown;
}
const isSyntax = (value: unknown): value is Syntax => typeof (value as { type?: unknown } | null)?.type === 'string';
const inside = (node: Syntax): Syntax[] =>
  Object.entries(node).flatMap(([key, value]) => (key === 'loc' ? [] : (Array.isArray(value) ? value : [value]).filter(isSyntax)));
const holdsFunction = (node: Syntax): boolean => /Function|Method|^Class/.test(node.type) || inside(node).some(holdsFunction);

/** Statements of a file outside all functions; none where it cannot be read. */
function statementsOf(text: string): Statement[] {
  let body: Syntax[];
  try {
    body = parse(text, { sourceType: 'unambiguous', plugins: ['typescript'], allowReturnOutsideFunction: true }).program
      .body as unknown as Syntax[];
  } catch {
    return [];
  }
  return body.flatMap((node) => {
    const declared = isSyntax(node['declaration']) ? node['declaration'] : node;
    const [from, to] = [node.loc.start.line, node.loc.end.line];
    const plain = to - from < PLAIN_LINES_MAX && !holdsFunction(node);
    const parts = declared.type === 'VariableDeclaration' ? inside(declared) : [declared];
    return parts.map((part) => ({ from, to, plain, names: namesOf(part), module: moduleOf(part) }));
  });
}

/** `import … from 'x'` and `= require('x')`, also with something called or taken from it. */
function moduleOf(node: Syntax): string | null {
  if (isSyntax(node['source'])) return String(node['source']['value']);
  let at: unknown = node['init'];
  while (isSyntax(at) && !(at.type === 'CallExpression' && (at['callee'] as Syntax)['name'] === 'require'))
    at = at['object'] ?? at['callee'];
  const [argument] = isSyntax(at) ? (at['arguments'] as Syntax[]) : [];
  return argument?.type === 'StringLiteral' ? String(argument['value']) : null;
}

function namesOf(node: Syntax): Map<string, string> {
  const found = new Map<string, string>();
  const bind = (pattern: unknown, name: string | null): void => {
    if (!isSyntax(pattern)) return;
    if (pattern.type === 'Identifier') found.set(pattern['name'] as string, name ?? (pattern['name'] as string));
    else if (pattern.type === 'ObjectProperty') bind(pattern['value'], ((pattern['key'] as Syntax)['name'] as string | undefined) ?? null);
    else for (const inner of inside(pattern)) bind(inner, null);
  };
  for (const item of (node['specifiers'] as Syntax[] | undefined) ?? [])
    bind(item['local'], ((item['imported'] as Syntax | undefined)?.['name'] as string | undefined) ?? null);
  bind(node['id'], null);
  return found;
}
