import { createHash } from 'node:crypto';
import type { Language } from './language.ts';
import { type Token, tokenize } from './tokenize.ts';

/** A function as the text shows it. */
export interface FunctionText {
  name: string;
  /** 1-based, inclusive. */
  start_line: number;
  end_line: number;
  source: string;
}

/** Language by a file's ending; null for files that nothing here reads. */
export function languageOfPath(path: string): Language | null {
  if (/\.d\.[cm]?ts$|\.min\.js$/.test(path)) return null;
  if (/\.[cm]?jsx?$/.test(path)) return 'js';
  if (/\.([cm]?ts|tsx)$/.test(path)) return 'ts';
  if (/\.pyi?$/.test(path)) return 'python';
  return /\.(cc|cpp|cxx|hpp|hh|hxx|h)$/.test(path) ? 'cpp' : null;
}

/**
 * Hash of the code without white space, comments and statement ends: the same until the code itself changes. Names count, since a rule may
 * look at them.
 */
export function normalisedHash(source: string, language: Language): string {
  const parts: string[] = [];
  let line: string | null = null;
  for (const { kind, text, indent } of tokenize(source, language)) {
    // In Python the indent of a line that is not empty is syntax.
    if (kind === 'newline') line = language === 'python' ? `\n${indent}` : null;
    else if (text !== ';') {
      if (line !== null && parts.length > 0) parts.push(line);
      line = null;
      parts.push(text);
    }
  }
  return createHash('sha256').update(parts.join(' ')).digest('hex').slice(0, 32);
}

/** A token with the line it stands on. */
interface Placed extends Token {
  line: number;
}

const NAMELESS = /^(if|for|while|switch|catch|with|return|function|new|else|do|sizeof|constexpr|await|typeof|super)$/;

/**
 * Named functions and methods of a file, outermost and nested, in the order of their starts: by braces, or by indent in Python. A sketch from
 * tokens: broken text is read as far as it goes, and never fails. Functions without a name are part of what is around them.
 */
export function functionsOf(source: string, language: Language): FunctionText[] {
  const lines = source.split('\n');
  const placed = withLines(source, language);
  const ranges = language === 'python' ? pythonRanges(placed, lines) : braceRanges(placed);
  return ranges
    .map(({ name, start, end }) => ({ name, start_line: start, end_line: end, source: lines.slice(start - 1, end).join('\n') }))
    .sort((a, b) => a.start_line - b.start_line || b.end_line - a.end_line);
}

interface Range {
  name: string;
  start: number;
  end: number;
}

/** Lines are found by the order of the tokens in the text; comments and strings over several lines are stepped over. */
function withLines(source: string, language: Language): Placed[] {
  let at = 0;
  let line = 1;
  return tokenize(source, language).map((token) => {
    const found = token.kind === 'newline' ? source.indexOf('\n', at) : source.indexOf(token.text, at);
    const start = found < 0 ? at : found;
    for (let index = source.indexOf('\n', at); index >= 0 && index < start; index = source.indexOf('\n', index + 1)) line++;
    const placed = { ...token, line };
    for (let index = source.indexOf('\n', start); index >= 0 && index < start + token.text.length; index = source.indexOf('\n', index + 1))
      line++;
    at = start + token.text.length;
    return placed;
  });
}

function pythonRanges(tokens: readonly Placed[], lines: readonly string[]): Range[] {
  return tokens.flatMap((token, index): Range[] => {
    const name = tokens[index + 1];
    if (token.text !== 'def' || name?.kind !== 'name') return [];
    const indent = /^[ \t]*/.exec(lines[token.line - 1] ?? '')?.[0].length ?? 0;
    let end = token.line;
    let open = 0;
    for (let at = index; at < tokens.length; at++) {
      const later = tokens[at];
      if (later === undefined) break;
      if (/^[([{]$/.test(later.text)) open++;
      if (/^[)\]}]$/.test(later.text)) open--;
      if (later.kind === 'newline') continue;
      const own = /^[ \t]*/.exec(lines[later.line - 1] ?? '')?.[0].length ?? 0;
      if (later.line > token.line && open <= 0 && own <= indent && !/^[)\]}]$/.test(later.text) && later.line > end) break;
      end = later.line + (later.text.split('\n').length - 1);
    }
    return [{ name: name.text, start: token.line, end }];
  });
}

function braceRanges(all: readonly Placed[]): Range[] {
  const tokens = all.filter(({ kind }) => kind !== 'newline');
  const found: Range[] = [];
  const open: { name: string | null; start: number }[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.text === '{') open.push(headOf(tokens, index));
    else if (token.text === '}') {
      const closed = open.pop();
      if (closed?.name) found.push({ name: closed.name, start: closed.start, end: token.line });
    }
  }
  return [...found, ...arrowsWithoutBody(tokens)];
}

/** Parameters longer than this are not read: hostile text must not cost the square of its length. */
const HEAD_TOKENS_MAX = 400;

/** Name and first line of what the brace at `index` opens; no name when it opens no function. */
function headOf(tokens: readonly Placed[], index: number): { name: string | null; start: number } {
  const none = { name: null, start: tokens[index]?.line ?? 1 };
  let at = index - 1;
  // Return types and qualifiers stand between the parameters and the brace.
  const isArrow = tokens[at]?.text === '=>';
  if (isArrow) at--;
  for (let steps = 0; steps < 12 && tokens[at] && tokens[at]?.text !== ')' && !/^[;{}]$/.test(tokens[at]?.text ?? ''); steps++) at--;
  if (tokens[at]?.text !== ')') return isArrow ? boundName(tokens, index - 2) : none;
  let depth = 0;
  const last = Math.max(0, at - HEAD_TOKENS_MAX);
  while (at >= last) {
    if (tokens[at]?.text === ')') depth++;
    if (tokens[at]?.text === '(' && --depth === 0) break;
    at--;
  }
  if (isArrow) return boundName(tokens, at);
  const name = tokens[at - 1];
  if (name?.text === 'function') return boundName(tokens, at - 1);
  if (
    !name ||
    (name.kind !== 'name' && !(name.kind === 'keyword' && /^(get|set|of|from|as|type)$/.test(name.text))) ||
    NAMELESS.test(name.text)
  )
    return none;
  return { name: name.text, start: firstLine(tokens, at - 1) };
}

/** `const name = …` or `name: …` before the place. */
function boundName(tokens: readonly Placed[], place: number): { name: string | null; start: number } {
  for (let at = place; at > Math.max(0, place - 12); at--) {
    const text = tokens[at]?.text ?? '';
    if (/^[;{}]$/.test(text) || text === '=>') break;
    const name = tokens[at - 1];
    if ((text === '=' || text === ':') && name?.kind === 'name') {
      const isTyped = /^(const|let|var|,|\{)$/.test(tokens[at - 2]?.text ?? '') || text === '=';
      if (isTyped) return { name: name.text, start: firstLine(tokens, at - 1) };
    }
  }
  return { name: null, start: tokens[place]?.line ?? 1 };
}

/** Line of the first word before the name that belongs to it: `export async function`, a return type. */
function firstLine(tokens: readonly Placed[], index: number): number {
  let at = index;
  const line = tokens[index]?.line ?? 1;
  while (at > 0 && tokens[at - 1]?.line === line && !/^[;{}]$/.test(tokens[at - 1]?.text ?? '')) at--;
  return tokens[at]?.line ?? line;
}

/** `const name = (…) => expression;`: from the name to the end of the statement or line. */
function arrowsWithoutBody(tokens: readonly Placed[]): Range[] {
  return tokens.flatMap((token, index): Range[] => {
    if (token.text !== '=>' || tokens[index + 1]?.text === '{') return [];
    const { name, start } = headOf(tokens, index + 1);
    const isTop =
      name !== null &&
      /^(const|let|var)$/.test(
        tokens.findLast((one, at) => at < index && one.line === start && /^(const|let|var)$/.test(one.text))?.text ?? '',
      );
    if (!isTop || name === null) return [];
    let depth = 0;
    let at = index + 1;
    while (at < tokens.length) {
      const text = tokens[at]?.text ?? '';
      if (/^[([{]$/.test(text)) depth++;
      if (/^[)\]}]$/.test(text)) depth--;
      const next = tokens[at + 1];
      const ends =
        next === undefined ||
        next.text === ';' ||
        (next.line > (tokens[at]?.line ?? 0) && !/^[.?:&|+)\]}]/.test(next.text) && !/^(=>|\?|:|&&|\|\||[+(,])$/.test(text));
      if (depth <= 0 && ends) break;
      at++;
    }
    return [{ name, start, end: tokens[Math.min(at, tokens.length - 1)]?.line ?? start }];
  });
}
