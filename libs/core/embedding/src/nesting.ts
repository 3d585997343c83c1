import { BRANCHES, FUNCTIONS, ITERATORS, type Language, LOOPS } from './language.ts';
import type { Token } from './tokenize.ts';

export type ScopeKind = 'loop' | 'branch' | 'function' | 'block' | 'call';

/** A token with the scopes around it, outermost first. */
export interface PlacedToken {
  token: Token;
  scopes: readonly ScopeKind[];
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
  let single: { kind: ScopeKind; depth: number } | null = null;
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'newline') continue;
    const scopes = [...open.slice(0, DEPTH_MAX).map((scope) => scope.kind), ...(single ? [single.kind] : [])];
    placed.push({ token, scopes });
    const kind = kindOf(token.text);
    if (kind && token.kind !== 'text') pending = kind;
    if (token.text === '{') {
      open.push({ mark: '{', kind: pending ?? 'block' });
      pending = null;
    } else if (token.text === '(' || token.text === '[') {
      const before = tokens[index - 1];
      const iterates = before?.kind === 'name' && ITERATORS.has(before.text) && tokens[index - 2]?.text === '.';
      open.push({ mark: token.text, kind: iterates ? 'loop' : 'call' });
    } else if (token.text === '}' || token.text === ')' || token.text === ']') {
      open.pop();
      const following = tokens.slice(index + 1, index + 3).find((next) => next.kind !== 'newline');
      if (token.text === ')' && pending && pending !== 'function' && following?.text !== '{') {
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
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'newline') {
      if (brackets.length === 0 && tokens[index + 1]?.kind !== 'newline') {
        indent = token.indent;
        while (open.length > 0 && (open.at(-1)?.indent ?? 0) >= indent) open.pop();
        pending = null;
      }
      continue;
    }
    placed.push({ token, scopes: [...open.slice(0, DEPTH_MAX).map((scope) => scope.kind), ...brackets.slice(0, DEPTH_MAX)] });
    const kind = kindOf(token.text);
    // A `for` inside brackets is a comprehension: what stands there runs once an element.
    if (kind === 'loop' && brackets.length > 0) brackets[brackets.length - 1] = 'loop';
    else if (kind) pending = kind;
    if (/^[([{]$/.test(token.text)) brackets.push('call');
    else if (/^[)\]}]$/.test(token.text)) brackets.pop();
    else if (token.text === ':' && brackets.length === 0 && pending) {
      open.push({ indent, kind: pending });
      pending = null;
    }
  }
  return placed;
}
