import { chain, child, children, isFunction, type Node, walk } from './syntax.ts';

/** What gives a constructor a prototype of its own: anything else may be the prototype of something others use. */
const isFresh = (value: Node | null): boolean =>
  value?.type === 'ObjectExpression' || (value?.type === 'CallExpression' && chain(child(value, 'callee')) === 'Object.create');

/** Names that a statement gives to a function or a class of its own, also where it is handed out in one breath: `const Queue = (exports.Queue = function () {})`. */
function constructorsIn(statement: Node): string[] {
  const inner = /^Export(Named|Default)Declaration$/.test(statement.type) ? child(statement, 'declaration') : statement;
  if (!inner) return [];
  if (/^(Function|Class)Declaration$/.test(inner.type)) return [String(child(inner, 'id')?.['name'])];
  return children(inner, 'declarations').flatMap((item) => {
    let value = child(item, 'init');
    while (value?.type === 'AssignmentExpression' && value['operator'] === '=') value = child(value, 'right');
    const isMade = value !== null && (value.type === 'FunctionExpression' || value.type === 'ClassExpression');
    return isMade && child(item, 'id')?.type === 'Identifier' ? [String(child(item, 'id')?.['name'])] : [];
  });
}

/**
 * Assignments outside all functions that give a constructor of the file a method which it keeps to itself by its name:
 * `Queue.prototype._grow = function () { … }`. Nothing replaces the constructor or its prototype.
 */
export function ownMethods(tree: Node): Set<Node> {
  const statements = children(tree, 'body');
  const constructors = new Set(statements.flatMap(constructorsIn));
  walk(tree, (node) => {
    const assigned = node.type === 'AssignmentExpression' ? child(node, 'left') : null;
    const target = chain(assigned);
    if (target === null) return;
    const owner = target.replace(/\.(prototype|__proto__)$/, '');
    if (owner === target ? constructors.has(target) : target.endsWith('.__proto__') || !isFresh(child(node, 'right')))
      constructors.delete(owner);
    return;
  });
  return new Set(
    statements.flatMap((statement) => {
      const node = statement.type === 'ExpressionStatement' ? child(statement, 'expression') : null;
      const value = node?.type === 'AssignmentExpression' ? child(node, 'right') : null;
      if (!node || !value || !isFunction(value)) return [];
      const [owner, prototype, name, ...rest] = (chain(child(node, 'left')) ?? '').split('.');
      const is_own = prototype === 'prototype' && /^_[^_]/.test(name ?? '') && rest.length === 0 && constructors.has(owner ?? '');
      return is_own ? [node] : [];
    }),
  );
}
