import { ancestors, type SourceModel } from '../syntax/model.ts';
import { contains, endOf, isFunction, type Node, startOf } from '../syntax/node.ts';
import type { Binding } from '../syntax/scope.ts';

const LISTS = new Set(['Program', 'BlockStatement', 'StaticBlock', 'TSModuleBlock', 'SwitchCase']);

/**
 * Whether the place may be reached before the declaration of a `var` has run, when the variable still holds undefined. The other
 * kinds throw there, so their value at a place that is reached is the declared one.
 */
export function mayBeUnset(model: SourceModel, binding: Binding, place: Node): boolean {
  const { declaration } = binding;
  if (binding.kind !== 'var' || declaration.type !== 'VariableDeclarator' || place === binding.identifier) return false;
  const list = listOf(model, declaration);
  if (!list || !contains(list, place) || startOf(place) < endOf(declaration)) return true;
  let outermost: Node | null = null;
  for (const ancestor of ancestors(model, place)) {
    if (ancestor === binding.scope.owner) break;
    if (isFunction(ancestor)) outermost = ancestor;
  }
  return outermost?.type === 'FunctionDeclaration' && namedBefore(model, outermost, declaration);
}

/** The list of statements in which the declaration stands; null when it is the body of an `if` or a loop without braces. */
function listOf(model: SourceModel, declaration: Node): Node | null {
  let below = declaration;
  for (const ancestor of ancestors(model, declaration)) {
    if (LISTS.has(ancestor.type)) return ancestor;
    const passes =
      ancestor.type === 'VariableDeclaration' ||
      ancestor.type === 'ExportNamedDeclaration' ||
      (ancestor.type === 'ForStatement' && ancestor.init === below) ||
      ((ancestor.type === 'ForInStatement' || ancestor.type === 'ForOfStatement') && ancestor.left === below);
    if (!passes) return null;
    if (ancestor.type === 'ForInStatement' || ancestor.type === 'ForOfStatement') return ancestor.body;
    below = ancestor;
  }
  return null;
}

/** A hoisted function whose name occurs above the declaration may have been called there. */
function namedBefore(model: SourceModel, fn: Node, declaration: Node): boolean {
  const name = fn.type === 'FunctionDeclaration' ? model.binding(fn.id) : null;
  return !name || name.references.some((reference) => startOf(reference.node) < startOf(declaration));
}
