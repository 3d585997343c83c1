import { type ParserPlugin, parse } from '@babel/parser';

/** A syntax node with what the guards read of it. */
export interface Node {
  type: string;
  start: number;
  end: number;
  loc: { start: { line: number }; end: { line: number } };
  [key: string]: unknown;
}

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/** The child that stands under `key`, when there is one. */
export const child = (node: Node, key: string): Node | null => (isNode(node[key]) ? node[key] : null);

/** The children that stand under `key` as a list. */
export const children = (node: Node, key: string): Node[] => (Array.isArray(node[key]) ? node[key].filter(isNode) : []);

const SKIPPED_KEYS = new Set([
  'loc',
  'leadingComments',
  'trailingComments',
  'innerComments',
  'extra',
  'tokens',
  'errors',
  'typeAnnotation',
  'returnType',
  'typeParameters',
  'typeArguments',
]);

/** Every direct child node, types left out. */
export function directChildren(node: Node): Node[] {
  const found: Node[] = [];
  for (const key in node) {
    const value = node[key];
    if (typeof value !== 'object' || value === null || SKIPPED_KEYS.has(key)) continue;
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) found.push(item);
    } else if (isNode(value)) found.push(value);
  }
  return found;
}

/** Visits a tree depth first; `ancestors` is innermost last. Returning false skips the children. */
export function walk(node: Node, visit: (node: Node, ancestors: readonly Node[]) => boolean | undefined, ancestors: Node[] = []): void {
  if (visit(node, ancestors) === false) return;
  ancestors.push(node);
  for (const next of directChildren(node)) walk(next, visit, ancestors);
  ancestors.pop();
}

/** Parses JavaScript or TypeScript by the file's ending. Throws the parser's error (with `loc`). */
export function parseSource(file: string, source: string): Node {
  const typescript = /\.[cm]?tsx?$/.test(file);
  const plugins: ParserPlugin[] = ['decorators', ...(typescript ? (['typescript'] as const) : [])];
  if (/x$/.test(file) || !typescript) plugins.push('jsx');
  const tree = parse(source, {
    sourceType: /\.mjs$|\.mts$/.test(file) ? 'module' : /\.cjs$|\.cts$/.test(file) ? 'script' : 'unambiguous',
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: true,
    allowUndeclaredExports: true,
    plugins,
  });
  return tree.program as unknown as Node;
}

export const isFunction = (node: Node): boolean =>
  /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ObjectMethod|ClassMethod|ClassPrivateMethod)$/.test(node.type);

/** `a.b.c` as text for plain member chains of identifiers, `this` and string keys; null for anything else. */
export function chain(node: Node | null): string | null {
  if (!node) return null;
  if (node.type === 'Identifier') return node['name'] as string;
  if (node.type === 'ThisExpression') return 'this';
  if (node.type === 'MetaProperty') return 'import.meta';
  if (/^(TSNonNull|TSAs|TSSatisfies|Parenthesized)Expression$/.test(node.type)) return chain(child(node, 'expression'));
  if (node.type !== 'MemberExpression' && node.type !== 'OptionalMemberExpression') return null;
  const object = chain(child(node, 'object'));
  const property = child(node, 'property');
  if (object === null || !property) return null;
  if (!node['computed'] && property.type === 'Identifier') return `${object}.${property['name'] as string}`;
  if (property.type === 'PrivateName') return `${object}.#${String(child(property, 'id')?.['name'])}`;
  if (property.type === 'StringLiteral') return `${object}.${property['value'] as string}`;
  return `${object}.[]`;
}
