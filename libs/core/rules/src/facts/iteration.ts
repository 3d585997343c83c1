import type { SourceModel } from '../syntax/model.ts';
import { ancestors } from '../syntax/model.ts';
import { contains, isFunction, isLoop, methodCall, type Node } from '../syntax/node.ts';
import { ITERATING_METHODS } from './builtins.ts';

/** A region that runs more than once for one evaluation of what surrounds it. */
export interface Iteration {
  kind: 'loop' | 'callback';
  /** The loop statement, or the call that runs the callback. */
  node: Node;
  /** What is repeated. */
  regions: Node[];
  /** Receiver of the call whose callback is repeated. */
  receiver: Node | null;
}

function repeatedParts(loop: Node): Node[] {
  switch (loop.type) {
    case 'ForStatement':
      return [loop.test, loop.update, loop.body].filter((part): part is NonNullable<typeof part> => !!part);
    case 'WhileStatement':
    case 'DoWhileStatement':
      return [loop.test, loop.body];
    case 'ForInStatement':
    case 'ForOfStatement':
      return [loop.body];
    default:
      return [];
  }
}

function callbackIteration(model: SourceModel, fn: Node): Iteration | null {
  const call = model.parent(fn);
  const method = methodCall(call);
  if (!call || !method || method.args[0] !== fn || !ITERATING_METHODS.has(method.name)) return null;
  return { kind: 'callback', node: call, regions: [fn], receiver: method.receiver };
}

/** Iterations around the node, innermost first, up to the border of the function that was written as a unit of its own. */
export function iterationsAround(model: SourceModel, node: Node): Iteration[] {
  const found: Iteration[] = [];
  for (const ancestor of ancestors(model, node)) {
    if (isLoop(ancestor)) {
      const regions = repeatedParts(ancestor);
      if (regions.some((region) => contains(region, node))) found.push({ kind: 'loop', node: ancestor, regions, receiver: null });
    } else if (isFunction(ancestor)) {
      const iteration = callbackIteration(model, ancestor);
      if (!iteration || ('async' in ancestor && ancestor.async) || ancestor.generator) return found;
      found.push(iteration);
    }
  }
  return found;
}
