import type * as t from '@babel/types';

export type Node = t.Node;

export const startOf = (node: Node): number => node.start ?? 0;
export const endOf = (node: Node): number => node.end ?? 0;

export const contains = (outer: Node, inner: Node): boolean => startOf(outer) <= startOf(inner) && endOf(inner) <= endOf(outer);

const SKIPPED_KEYS = new Set(['type', 'start', 'end', 'loc', 'extra', 'leadingComments', 'trailingComments', 'innerComments', 'range']);

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/** Children in the order of their properties, with the property that holds them. */
export function* childrenWithKey(node: Node): Generator<[Node, string]> {
  for (const [key, value] of Object.entries(node)) {
    if (SKIPPED_KEYS.has(key) || typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) yield [item, key];
    } else if (isNode(value)) yield [value, key];
  }
}

export const children = (node: Node): Node[] => Array.from(childrenWithKey(node), ([child]) => child);

/** Visits the node and everything below it; return `false` to leave a subtree out. */
export function walk(node: Node, visit: (node: Node) => boolean | undefined | void): void {
  if (visit(node) === false) return;
  for (const child of children(node)) walk(child, visit);
}

const TYPE_WRAPPERS = new Set([
  'TSAsExpression',
  'TSNonNullExpression',
  'TSSatisfiesExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
  'ParenthesizedExpression',
]);

export const isTypeWrapper = (node: Node): boolean => TYPE_WRAPPERS.has(node.type);

/** The expression inside type assertions and parentheses. */
export function unwrap(node: Node): Node {
  let current = node;
  while (TYPE_WRAPPERS.has(current.type)) current = (current as t.TSAsExpression).expression;
  return current;
}

export type FunctionNode =
  | t.FunctionDeclaration
  | t.FunctionExpression
  | t.ArrowFunctionExpression
  | t.ObjectMethod
  | t.ClassMethod
  | t.ClassPrivateMethod;

const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ObjectMethod',
  'ClassMethod',
  'ClassPrivateMethod',
]);

export const isFunction = (node: Node): node is FunctionNode => FUNCTIONS.has(node.type);

export type LoopNode = t.ForStatement | t.WhileStatement | t.DoWhileStatement | t.ForInStatement | t.ForOfStatement;

const LOOPS = new Set(['ForStatement', 'WhileStatement', 'DoWhileStatement', 'ForInStatement', 'ForOfStatement']);

export const isLoop = (node: Node): node is LoopNode => LOOPS.has(node.type);

/** Nodes that only exist for the type checker and are erased before the code runs. */
export function isTypeOnly(node: Node): boolean {
  if (TYPE_WRAPPERS.has(node.type)) return false;
  if (node.type === 'TSEnumDeclaration' || node.type === 'TSEnumMember' || node.type === 'TSEnumBody') return false;
  if (node.type === 'TSModuleDeclaration' || node.type === 'TSModuleBlock')
    return node.type === 'TSModuleDeclaration' && node.declare === true;
  if (node.type === 'TSExportAssignment' || node.type === 'TSImportEqualsDeclaration' || node.type === 'TSParameterProperty') return false;
  return node.type.startsWith('TS');
}

/** Name of a non-computed member: `a.b`, `a['b']`, `a.#b`; null when it is only known at run time. */
export function memberName(node: Node): string | null {
  if (node.type !== 'MemberExpression' && node.type !== 'OptionalMemberExpression') return null;
  const { property } = node;
  if (!node.computed) {
    if (property.type === 'Identifier') return property.name;
    return property.type === 'PrivateName' ? `#${property.id.name}` : null;
  }
  return property.type === 'StringLiteral' ? property.value : null;
}

export interface MethodCall {
  call: t.CallExpression | t.OptionalCallExpression;
  receiver: Node;
  name: string;
  args: Node[];
  /** `a?.b()` or `a.b?.()`. */
  optional: boolean;
}

/** `receiver.name(args)` with a name that stands in the source. */
export function methodCall(node: Node | null | undefined): MethodCall | null {
  if (!node || (node.type !== 'CallExpression' && node.type !== 'OptionalCallExpression')) return null;
  const callee = unwrap(node.callee);
  if (callee.type !== 'MemberExpression' && callee.type !== 'OptionalMemberExpression') return null;
  const name = memberName(callee);
  if (name === null) return null;
  const optional = node.type === 'OptionalCallExpression' || callee.type === 'OptionalMemberExpression';
  return { call: node, receiver: callee.object, name, args: node.arguments, optional };
}

export function isIdentifier(node: Node | null | undefined, name?: string): node is t.Identifier {
  return !!node && node.type === 'Identifier' && (name === undefined || node.name === name);
}
