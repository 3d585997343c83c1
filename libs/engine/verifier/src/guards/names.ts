import { ownMethods } from './own-methods.ts';
import { boundBy } from './scopes.ts';
import { chain, child, isFunction, type Node, walk } from './syntax.ts';

/** Names of a file that stand for something a guard wants to know about, wherever they are used. */
export interface TellingNames {
  /** Errors: their stack says who called. */
  errors: ReadonlySet<string>;
  /** Prototypes and constructors of values: what is written to them is written for everybody. */
  shared: ReadonlySet<string>;
  /** Functions and classes of the file: their text says whether they were instrumented. */
  functions: ReadonlySet<string>;
  /** Formatters of dates: without a date they tell the time. */
  formatters: ReadonlySet<string>;
  /** Assignments that give a constructor of the file a method of its own. */
  own_methods: ReadonlySet<Node>;
}

export const isError = (node: Node | null): boolean =>
  node !== null && /^(New|Call)Expression$/.test(node.type) && /Error$/.test(chain(child(node, 'callee')) ?? '');

/** `x.constructor`, `x.prototype`, `Object.getPrototypeOf(x)`. */
function isShared(node: Node | null): boolean {
  if (!node) return false;
  if (/^(TS(NonNull|As|Satisfies)|Parenthesized)Expression$/.test(node.type)) return isShared(child(node, 'expression'));
  if (/CallExpression$/.test(node.type)) return /^(Object|Reflect)\.getPrototypeOf$/.test(chain(child(node, 'callee')) ?? '');
  const property = /MemberExpression$/.test(node.type) ? child(node, 'property') : null;
  const name = property?.type === 'StringLiteral' ? property['value'] : node['computed'] === true ? null : property?.['name'];
  return name === 'constructor' || name === 'prototype' || name === '__proto__';
}

export function tellingNames(tree: Node): TellingNames {
  const errors = new Set<string>();
  const shared = new Set<string>();
  const functions = new Set<string>();
  const formatters = new Set<string>();
  walk(tree, (node) => {
    if (node.type === 'CatchClause') for (const name of boundBy(child(node, 'param'))) errors.add(name);
    const [id, value] = node.type === 'VariableDeclarator' ? [child(node, 'id'), child(node, 'init')] : [child(node, 'id'), node];
    const name = id?.type === 'Identifier' ? String(id['name']) : null;
    if (name === null || !value) return;
    if (isFunction(value) || /^Class/.test(value.type)) functions.add(name);
    else if (isError(value)) errors.add(name);
    else if (isShared(value)) shared.add(name);
    else if (/^(New|Call)Expression$/.test(value.type) && chain(child(value, 'callee')) === 'Intl.DateTimeFormat') formatters.add(name);
    return;
  });
  return { errors, shared, functions, formatters, own_methods: ownMethods(tree) };
}
