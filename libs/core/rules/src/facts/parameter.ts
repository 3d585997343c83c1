import type { SourceModel } from '../syntax/model.ts';
import { contains, type Node } from '../syntax/node.ts';
import type { Binding } from '../syntax/scope.ts';
import { usesOf } from './uses.ts';

/**
 * Why the accumulator of a reducer may be held by somebody else, or null. Reading its members and giving it back is allowed; so
 * are the operands: where the copies that are about to go read it.
 */
export function isPrivateParameter(
  model: SourceModel,
  binding: Binding,
  operands: readonly Node[],
  results: readonly Node[],
): string | null {
  for (const use of usesOf(model, binding)) {
    const { node } = use.reference;
    if (use.captured) return `a function in the callback keeps \`${binding.name}\``;
    if (use.kind === 'read' || use.kind === 'test' || use.kind === 'compare') continue;
    if (use.kind === 'return' && results.some((result) => contains(result, node) || contains(use.node, result))) continue;
    if (operands.includes(node)) continue;
    if (use.kind === 'method' && ['includes', 'indexOf', 'some', 'every', 'find', 'at', 'hasOwnProperty'].includes(use.name ?? ''))
      continue;
    return `\`${binding.name}\` is used in another way in the callback`;
  }
  return null;
}
