import { child, children, directChildren, isFunction, type Node } from '../guards/syntax.ts';

/** Methods that hand on the very elements of a list. */
const PASSING = /^(sort|toSorted|filter|slice|reverse|toReversed)$/;
const MAPPING = /^(map|flatMap)$/;

/** `list.method(…)` around a list: its call and its name. */
function callOn(list: Node, parents: readonly Node[]): { call: Node; method: string } | null {
  const member = parents.at(-1);
  const call = parents.at(-2);
  if (member?.type !== 'MemberExpression' || child(member, 'object') !== list || member['computed'] === true) return null;
  if (call?.type !== 'CallExpression' || child(call, 'callee') !== member) return null;
  return { call, method: String(child(member, 'property')?.['name']) };
}

const uses = (node: Node, name: string, parents: readonly Node[] = []): { node: Node; parents: readonly Node[] }[] => [
  ...(node.type === 'Identifier' && node['name'] === name ? [{ node, parents }] : []),
  ...[...directChildren(node)].flatMap((inner) => uses(inner, name, [...parents, node])),
];

/** A function that takes properties out of what it is given, and keeps nothing of it: `(entry) => entry.value`, `({ value }) => value`. */
function takesApart(fn: Node | undefined): boolean {
  const [param] = fn && isFunction(fn) ? children(fn, 'params') : [];
  const body = fn ? child(fn, 'body') : null;
  if (!param || !body) return false;
  if (param.type === 'ObjectPattern') return children(param, 'properties').every((property) => property.type === 'ObjectProperty');
  if (param.type !== 'Identifier') return false;
  return uses(body, String(param['name'])).every(({ node, parents }) => isRead(node, parents.at(-1)));
}

const isRead = (node: Node, parent: Node | undefined): boolean =>
  parent?.type === 'MemberExpression' &&
  (child(parent, 'object') === node || (child(parent, 'property') === node && parent['computed'] !== true));

/** Whether what a list is turned into further down the chain no longer holds its elements. */
function isUsedUp(list: Node, parents: readonly Node[], scope: Node | null): boolean {
  const on = callOn(list, parents);
  if (on && PASSING.test(on.method)) return isUsedUp(on.call, parents.slice(0, -2), scope);
  if (on) return MAPPING.test(on.method) && takesApart(children(on.call, 'arguments')[0]);
  const declarator = parents.at(-1);
  const name = declarator?.type === 'VariableDeclarator' && parents.at(-2)?.['kind'] === 'const' ? child(declarator, 'id')?.['name'] : null;
  if (typeof name !== 'string' || !scope) return false;
  return uses(scope, name).every((use) => {
    const parent = use.parents.at(-1);
    if (parent === declarator) return true;
    const called = callOn(use.node, use.parents);
    if (called && PASSING.test(called.method) && use.parents.at(-3)?.type === 'ExpressionStatement') return true;
    if (called) return isUsedUp(use.node, use.parents, null);
    const isElement = parent?.type === 'MemberExpression' && parent['computed'] === true && child(parent, 'object') === use.node;
    const isLength = isRead(use.node, parent) && child(parent as Node, 'property')?.['name'] === 'length';
    return isLength || (isElement && isRead(parent, use.parents.at(-2)));
  });
}

/**
 * Whether a literal that a callback returns lives only within the function around it: `list.map((v) => ({ v, key: of(v) })).sort(…).map((e) => e.v)`.
 * `callback` is the function that returns it, `ancestors` what is around that.
 */
export function isTemporary(callback: Node, ancestors: readonly Node[]): boolean {
  const call = ancestors.at(-1);
  const callee = call?.type === 'CallExpression' ? child(call, 'callee') : null;
  if (!call || callee?.type !== 'MemberExpression' || !MAPPING.test(String(child(callee, 'property')?.['name']))) return false;
  if (children(call, 'arguments')[0] !== callback) return false;
  return isUsedUp(call, ancestors.slice(0, -1), ancestors.findLast((each) => isFunction(each)) ?? null);
}
