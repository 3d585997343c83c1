import { BRANCHES, FUNCTIONS, ITERATORS, type Language, LOOPS } from './language.ts';
import type { Token } from './tokenize.ts';

export type ScopeKind = 'loop' | 'branch' | 'function' | 'block' | 'call';

/** A token with the scopes around it, outermost first. */
export interface PlacedToken {
  token: Token;
  scopes: readonly ScopeKind[];
  /** Whether it is the first of its line. */
  starts_line: boolean;
}

/** Deeper scopes are left out, which keeps hostile text from costing the square of its length. */
const DEPTH_MAX = 32;

/** Loops around a token: keywords and iterating callbacks alike. */
export const loopDepth = (scopes: readonly ScopeKind[]): number => scopes.filter((scope) => scope === 'loop').length;

/** Places every token into its nesting, by braces (or by indent in Python). A sketch of the syntax, never an error. */
export function nest(tokens: readonly Token[], language: Language): PlacedToken[] {
  return language === 'python' ? nestByIndent(tokens) : nestByBraces(tokens);
}

const kindOf = (word: string): ScopeKind | null =>
  LOOPS.has(word) ? 'loop' : BRANCHES.has(word) ? 'branch' : FUNCTIONS.has(word) ? 'function' : null;

function nestByBraces(tokens: readonly Token[]): PlacedToken[] {
  const placed: PlacedToken[] = [];
  const open: { mark: string; kind: ScopeKind }[] = [];
  let pending: ScopeKind | null = null;
  let pending_depth = 0;
  let single: { kind: ScopeKind; depth: number } | null = null;
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'newline') continue;
    const scopes = [...open.slice(0, DEPTH_MAX).map((scope) => scope.kind), ...(single ? [single.kind] : [])];
    placed.push({ token, scopes, starts_line: index === 0 || tokens[index - 1]?.kind === 'newline' });
    const kind = kindOf(token.text);
    if (kind && token.kind !== 'text') {
      pending = kind;
      pending_depth = open.length;
    }
    if (token.text === '{') {
      open.push({ mark: '{', kind: pending ?? 'block' });
      pending = null;
    } else if (token.text === '(' || token.text === '[') {
      const before = tokens[index - 1];
      const iterates = before?.kind === 'name' && ITERATORS.has(before.text) && /^(\.|::)$/.test(tokens[index - 2]?.text ?? '');
      // The condition of a loop runs once a turn.
      open.push({ mark: before?.text === 'for' ? 'for' : token.text, kind: iterates || before?.text === 'while' ? 'loop' : 'call' });
    } else if (token.text === ';' && open.at(-1)?.mark === 'for') {
      open[open.length - 1] = { mark: 'for', kind: 'loop' };
    } else if (token.text === '}' || token.text === ')' || token.text === ']') {
      open.pop();
      const following = tokens.slice(index + 1, index + 3).find((next) => next.kind !== 'newline');
      const ends_head = token.text === ')' && open.length === pending_depth;
      if (ends_head && pending && pending !== 'function' && following?.text !== '{') {
        single = { kind: pending, depth: open.length };
        pending = null;
      }
    } else if (token.text === ';' && single && open.length <= single.depth) single = null;
  }
  return placed;
}

function nestByIndent(tokens: readonly Token[]): PlacedToken[] {
  const placed: PlacedToken[] = [];
  const open: { indent: number; kind: ScopeKind }[] = [];
  const brackets: ScopeKind[] = [];
  let indent = tokens[0]?.indent ?? 0;
  let pending: ScopeKind | null = null;
  let waiting = false;
  const comprehensions = comprehensionsOf(tokens);
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'newline') {
      if (brackets.length === 0 && tokens[index + 1]?.kind !== 'newline') {
        indent = token.indent;
        while (open.length > 0 && (open.at(-1)?.indent ?? 0) >= indent) open.pop();
        pending = null;
      }
      continue;
    }
    const repeated: ScopeKind[] = pending === 'loop' && waiting ? ['loop'] : [];
    const scopes = [...open.slice(0, DEPTH_MAX).map((scope) => scope.kind), ...repeated, ...brackets.slice(0, DEPTH_MAX)];
    placed.push({ token, scopes, starts_line: index === 0 || tokens[index - 1]?.kind === 'newline' });
    const kind = kindOf(token.text);
    // The condition of `while` runs once a turn.
    if (kind && brackets.length === 0) {
      pending = kind;
      waiting = token.text === 'while';
    }
    if (/^[([{]$/.test(token.text)) brackets.push(comprehensions.has(index) ? 'loop' : 'call');
    else if (/^[)\]}]$/.test(token.text)) brackets.pop();
    else if (token.text === ':' && brackets.length === 0 && pending) {
      open.push({ indent, kind: pending });
      pending = null;
    }
  }
  return placed;
}

/** Places of brackets with a `for` of their own: what stands in them, before it too, runs once an element. */
function comprehensionsOf(tokens: readonly Token[]): ReadonlySet<number> {
  const found = new Set<number>();
  const open: number[] = [];
  for (const [index, token] of tokens.entries()) {
    if (/^[([{]$/.test(token.text)) open.push(index);
    else if (/^[)\]}]$/.test(token.text)) open.pop();
    else if (token.text === 'for' && token.kind === 'keyword' && open.length > 0) found.add(open[open.length - 1] ?? 0);
  }
  return found;
}
