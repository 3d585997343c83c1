import type * as t from '@babel/types';
import { outermost, type SourceModel } from '../syntax/model.ts';
import { memberName, type MethodCall, methodCall, type Node } from '../syntax/node.ts';
import type { Binding, Reference } from '../syntax/scope.ts';

/** What one occurrence of a variable does with its value. */
export type UseKind =
  | 'method' // x.m(…)
  | 'read' // x.p, x[i]
  | 'write' // x.p = …, x[i]++, delete x[i]
  | 'assign' // x = …
  | 'iterate' // for (… of x), [...x], const [a] = x
  | 'keys' // for (… in x)
  | 'return'
  | 'argument'
  | 'test' // if (x), !x
  | 'compare' // x === y, typeof x, k in x
  | 'discard'
  | 'escape'; // stored, captured as `this`, exported, anything else

export interface Use {
  kind: UseKind;
  reference: Reference;
  /** The whole expression: the call, the member, the assignment. */
  node: Node;
  /** Property or method; null for a computed one. */
  name: string | null;
  method: MethodCall | null;
  /** Inside a function other than the one that declares the variable. */
  captured: boolean;
}

const COMPARISONS = new Set(['===', '!==', '==', '!=', 'in', 'instanceof', '<', '>', '<=', '>=']);

function isWriteTarget(model: SourceModel, member: Node): boolean {
  const { inner, parent } = outermost(model, member);
  if (!parent) return false;
  if (parent.type === 'AssignmentExpression') return parent.left === inner;
  if (parent.type === 'UpdateExpression') return true;
  if (parent.type === 'UnaryExpression') return parent.operator === 'delete';
  if (parent.type === 'ForOfStatement' || parent.type === 'ForInStatement') return parent.left === inner;
  return (
    parent.type === 'ArrayPattern' ||
    parent.type === 'RestElement' ||
    (parent.type === 'ObjectProperty' && model.parent(parent)?.type === 'ObjectPattern')
  );
}

function memberUse(model: SourceModel, member: t.MemberExpression | t.OptionalMemberExpression): Omit<Use, 'reference' | 'captured'> {
  const { inner, parent } = outermost(model, member);
  const name = memberName(member);
  if (parent && (parent.type === 'CallExpression' || parent.type === 'OptionalCallExpression') && parent.callee === inner) {
    // A computed call hands the object over as `this` to whatever stands in the slot.
    const method = methodCall(parent);
    return method
      ? { kind: 'method', node: parent, name: method.name, method }
      : { kind: 'escape', node: parent, name: null, method: null };
  }
  if (parent && parent.type === 'TaggedTemplateExpression' && parent.tag === inner)
    return { kind: 'escape', node: parent, name, method: null };
  return { kind: isWriteTarget(model, member) ? 'write' : 'read', node: member, name, method: null };
}

function kindInParent(parent: Node, inner: Node): UseKind {
  switch (parent.type) {
    case 'ForOfStatement':
      return parent.right === inner ? 'iterate' : 'escape';
    case 'ForInStatement':
      return parent.right === inner ? 'keys' : 'escape';
    case 'SpreadElement':
      return 'iterate';
    case 'VariableDeclarator':
      return parent.init === inner && parent.id.type === 'ArrayPattern' ? 'iterate' : 'escape';
    case 'ReturnStatement':
      return 'return';
    case 'ArrowFunctionExpression':
      return parent.body === inner ? 'return' : 'escape';
    case 'CallExpression':
    case 'OptionalCallExpression':
    case 'NewExpression':
      return parent.callee === inner ? 'escape' : 'argument';
    case 'IfStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'ForStatement':
      return parent.test === inner ? 'test' : 'discard';
    case 'ConditionalExpression':
      return parent.test === inner ? 'test' : 'escape';
    case 'UnaryExpression':
      return parent.operator === '!' ? 'test' : parent.operator === 'typeof' || parent.operator === 'void' ? 'compare' : 'escape';
    case 'BinaryExpression':
      return COMPARISONS.has(parent.operator) ? 'compare' : 'escape';
    case 'ExpressionStatement':
      return 'discard';
    default:
      return 'escape';
  }
}

export function classifyUse(model: SourceModel, binding: Binding, reference: Reference): Use {
  const captured = reference.owner !== binding.scope.owner;
  const { inner, parent } = outermost(model, reference.node);
  const base = { reference, captured, name: null, method: null };
  if (reference.write) return { ...base, kind: 'assign', node: parent ?? inner };
  if (!parent) return { ...base, kind: 'escape', node: inner };
  if ((parent.type === 'MemberExpression' || parent.type === 'OptionalMemberExpression') && parent.object === inner) {
    return { ...memberUse(model, parent), reference, captured };
  }
  // An indexed position `a[x]` only reads x.
  if ((parent.type === 'MemberExpression' || parent.type === 'OptionalMemberExpression') && parent.computed) {
    return { ...base, kind: 'compare', node: parent };
  }
  return { ...base, kind: kindInParent(parent, inner), node: parent };
}

export const usesOf = (model: SourceModel, binding: Binding): Use[] =>
  binding.references.map((reference) => classifyUse(model, binding, reference));

/** Assignments after the declaration; a loop variable's own declaration is none. */
export const isReassigned = (binding: Binding): boolean =>
  binding.redeclared || binding.references.some((reference) => reference.write && reference.node !== binding.identifier);

/** The initialiser of a variable that is given its value once, by a plain declarator. */
export function soleValue(binding: Binding): Node | null {
  if (isReassigned(binding) || binding.declaration.type !== 'VariableDeclarator') return null;
  if (binding.declaration.id.type !== 'Identifier') return null;
  return binding.declaration.init ?? null;
}
