import { parse, type ParserPlugin } from '@babel/parser';
import type * as t from '@babel/types';
import { childrenWithKey, contains, endOf, type FunctionNode, isFunction, isTypeWrapper, type Node, startOf } from './node.ts';
import { analyseScopes, type Binding, type ScopeAnalysis } from './scope.ts';

export type Language = 'js' | 'jsx' | 'ts' | 'tsx';

/** A parsed file with everything the preconditions ask about. */
export interface SourceModel {
  source: string;
  language: Language;
  program: t.Program;
  comments: readonly t.Comment[];
  scopes: ScopeAnalysis;
  parent(node: Node): Node | null;
  text(node: Node): string;
  /** 1-based. */
  lineOf(offset: number): number;
  binding(node: Node | null | undefined): Binding | null;
  /** True for an identifier that names a global the file does not shadow. */
  isGlobal(node: Node | null | undefined, name: string): boolean;
  /** Innermost node with exactly these offsets. */
  nodeAt(start: number, end: number): Node | null;
  enclosingFunction(node: Node): FunctionNode | null;
  /** Every name that occurs in the file, declared or not. */
  names: ReadonlySet<string>;
}

const PLUGINS: Record<Language, ParserPlugin[]> = {
  js: ['jsx'],
  jsx: ['jsx'],
  ts: ['typescript', 'decorators'],
  tsx: ['typescript', 'decorators', 'jsx'],
};

const parseProgram = (source: string, language: Language): t.File =>
  parse(source, {
    sourceType: 'unambiguous',
    plugins: PLUGINS[language],
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: true,
    allowUndeclaredExports: true,
  }) as unknown as t.File;

/** Throws a SyntaxError of the parser when the text is not a program of the language. */
export function buildModel(source: string, language: Language): SourceModel {
  const file = parseProgram(source, language);
  const { program } = file;
  const parents = new Map<Node, Node>();
  const byRange = new Map<string, Node>();
  const names = new Set<string>();
  const visit = (node: Node): void => {
    byRange.set(`${startOf(node)}:${endOf(node)}`, node);
    if (node.type === 'Identifier' || node.type === 'JSXIdentifier') names.add(node.name);
    for (const [child] of childrenWithKey(node)) {
      parents.set(child, node);
      visit(child);
    }
  };
  visit(program);
  const lineStarts = [0];
  for (let i = source.indexOf('\n'); i !== -1; i = source.indexOf('\n', i + 1)) lineStarts.push(i + 1);
  const scopes = analyseScopes(program);
  const parent = (node: Node): Node | null => parents.get(node) ?? null;
  return {
    source,
    language,
    program,
    comments: file.comments ?? [],
    scopes,
    names,
    parent,
    text: (node) => source.slice(startOf(node), endOf(node)),
    lineOf: (offset) => lineNumber(lineStarts, offset),
    binding: (node) => (node ? (scopes.bindingOf.get(node) ?? null) : null),
    isGlobal: (node, name) => !!node && node.type === 'Identifier' && node.name === name && !scopes.bindingOf.has(node),
    nodeAt: (start, end) => byRange.get(`${start}:${end}`) ?? null,
    enclosingFunction: (node) => {
      for (let current = parent(node); current; current = parent(current)) if (isFunction(current)) return current;
      return null;
    },
  };
}

function lineNumber(lineStarts: readonly number[], offset: number): number {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}

/** Whether the text is a program of the language. */
export function parses(source: string, language: Language): boolean {
  try {
    parseProgram(source, language);
    return true;
  } catch {
    return false;
  }
}

/** Ancestors from the parent outwards. */
export function* ancestors(model: SourceModel, node: Node): Generator<Node> {
  for (let current = model.parent(node); current; current = model.parent(current)) yield current;
}

/** References of a binding that stand inside the node. */
export const referencesIn = (binding: Binding, region: Node) => binding.references.filter((reference) => contains(region, reference.node));

/** A node with type assertions and parentheses around it, and what holds it. */
export function outermost(model: SourceModel, node: Node): { inner: Node; parent: Node | null } {
  let inner = node;
  let parent = model.parent(node);
  while (parent && isTypeWrapper(parent)) {
    inner = parent;
    parent = model.parent(parent);
  }
  return { inner, parent };
}
