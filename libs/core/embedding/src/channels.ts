import { Features } from './hashing.ts';
import { SYNONYMS } from './language.ts';
import type { PlacedToken } from './nesting.ts';
import { subwords } from './tokenize.ts';

/** What stands around a function: names it imports, who calls it, where it lives. */
export interface Context {
  imports?: readonly string[];
  callers?: readonly string[];
  path?: string;
}

/** What a library name does. The list's own entries alone: a name of the code may well be `constructor` or `__proto__`. */
const meaningOf = (name: string): string | undefined => (Object.hasOwn(SYNONYMS, name) ? SYNONYMS[name] : undefined);

/** One name for one meaning: library names of the same effect, literals and own names are abstracted. */
function abstract({ token }: PlacedToken): string {
  const synonym = meaningOf(token.text);
  if (synonym) return synonym;
  return token.kind === 'name' ? 'name' : token.kind === 'mark' || token.kind === 'keyword' ? token.text : token.kind;
}

/** Names of everybody's libraries say what is done; the code's own names say what it is about, which counts little here. */
const OWN_NAME_WEIGHT = 0.15;

/** Tokens and their n-grams: called names, words of own names, and the sequence with names abstracted. */
export function codeFeatures(tokens: readonly PlacedToken[]): Features {
  const features = new Features();
  const shapes = tokens.map(abstract);
  for (const [index, { token }] of tokens.entries()) {
    const before = tokens[index - 1]?.token.text ?? '';
    const isCalled = tokens[index + 1]?.token.text === '(';
    const isMember = before === '.' || before === '->' || before === '::';
    if (token.kind === 'name') {
      for (const word of subwords(token.text)) features.add(`word ${word}`, OWN_NAME_WEIGHT);
      if (isCalled && isMember) features.add(`calls ${shapes[index] === 'name' ? token.text : (shapes[index] ?? '')}`, 2);
      else if (isCalled) features.add(`calls ${shapes[index] === 'name' ? 'name' : (shapes[index] ?? '')}`, 1);
    }
    if (meaningOf(token.text)) features.add(`does ${shapes[index] ?? ''}`, 2);
    features.add(`two ${shapes.slice(index, index + 2).join(' ')}`, 0.3);
    features.add(`three ${shapes.slice(index, index + 3).join(' ')}`, 0.5);
  }
  return features;
}

/** Nesting of loops, branches, functions and calls as paths, whatever the names. */
export function structureFeatures(tokens: readonly PlacedToken[]): Features {
  const features = new Features();
  let last = '';
  for (const { token, scopes } of tokens) {
    const path = scopes.filter((scope) => scope !== 'block').join('>');
    if (path !== last) {
      features.add(`path ${path}`);
      features.add(`step ${last} to ${path}`, 0.5);
      last = path;
    }
    if (token.kind === 'keyword') features.add(`${scopes.slice(-3).join('>')} ${token.text}`, 0.5);
    if (/^(=|\+=|return|\?|&&|\|\||=>)$/.test(token.text)) features.add(`${scopes.slice(-2).join('>')} does ${token.text}`, 0.5);
  }
  return features;
}

/** Names the code leans on: imports, callers, the folder, and what it calls. */
export function contextFeatures(tokens: readonly PlacedToken[], context: Context): Features {
  const features = new Features();
  for (const name of context.imports ?? []) features.add(`import ${name}`, 2);
  for (const name of context.callers ?? []) for (const word of subwords(name)) features.add(`caller ${word}`, 2);
  for (const part of (context.path ?? '').split('/')) for (const word of subwords(part)) features.add(`place ${word}`);
  for (const [index, { token }] of tokens.entries()) {
    if (token.kind === 'name' && tokens[index + 1]?.token.text === '(') features.add(`calls ${meaningOf(token.text) ?? token.text}`);
  }
  return features;
}

const bin = (value: number): number => Math.floor(Math.log2(value + 1));

/** Size, branching, nesting and naming, in logarithmic bins with their neighbours. */
export function qualityFeatures(tokens: readonly PlacedToken[], source: string): Features {
  const features = new Features();
  const lines = source.split('\n').length;
  const names = tokens.filter(({ token }) => token.kind === 'name');
  const facts: Record<string, number> = {
    lines,
    tokens: tokens.length,
    branches: tokens.filter(({ token }) => /^(if|elif|case|catch|except|\?|&&|\|\||and|or)$/.test(token.text)).length,
    loops: tokens.filter(({ token }) => /^(for|while|do)$/.test(token.text)).length,
    returns: tokens.filter(({ token }) => token.text === 'return').length,
    nesting: tokens.reduce((most, { scopes }) => Math.max(most, scopes.length), 0),
    name_length: names.reduce((sum, { token }) => sum + token.text.length, 0) / Math.max(1, names.length),
    width: source.length / lines,
    literals: tokens.filter(({ token }) => token.kind === 'number' || token.kind === 'text').length,
  };
  for (const [name, value] of Object.entries(facts)) {
    const place = bin(value);
    features.add(`${name} ${place}`, 2);
    features.add(`${name} ${place - 1}`, 0.5);
    features.add(`${name} ${place + 1}`, 0.5);
  }
  return features;
}
