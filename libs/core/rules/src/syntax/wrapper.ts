import { ancestors, outermost, type SourceModel } from './model.ts';
import { type FunctionNode, isFunction, memberName, type Node, unwrap } from './node.ts';

/** The function is called where it stands, or is handed to such a function or to `define`, as the wrappers around whole modules are. */
function isCalledInPlace(model: SourceModel, fn: FunctionNode): boolean {
  if (fn.type !== 'FunctionExpression' && fn.type !== 'ArrowFunctionExpression') return false;
  if (fn.async || fn.generator) return false;
  const holder = outermost(model, fn);
  if (holder.parent?.type !== 'CallExpression') {
    const method = memberName(holder.parent ?? fn);
    const bound = holder.parent && (method === 'call' || method === 'apply') ? outermost(model, holder.parent) : null;
    return bound?.parent?.type === 'CallExpression' && bound.parent.callee === bound.inner;
  }
  const call = holder.parent;
  if (call.callee === holder.inner) return true;
  const callee = unwrap(call.callee);
  if (model.isGlobal(callee, 'define')) return true;
  const wrapper = memberName(callee) === 'call' && callee.type === 'MemberExpression' ? unwrap(callee.object) : callee;
  return wrapper.type === 'FunctionExpression' || wrapper.type === 'ArrowFunctionExpression';
}

/** Functions around the node, innermost first. */
const functionsAround = (model: SourceModel, node: Node): FunctionNode[] => [...ancestors(model, node)].filter((one) => isFunction(one));

/** Wrappers of the whole module around the node, outermost first: each runs once, when the module is loaded. */
export function wrappersAround(model: SourceModel, node: Node): FunctionNode[] {
  const functions = functionsAround(model, node).toReversed();
  const end = functions.findIndex((fn) => !isCalledInPlace(model, fn));
  return end === -1 ? functions : functions.slice(0, end);
}

/** Whether the node stands in a function that can run more than once. */
export const isInFunction = (model: SourceModel, node: Node): boolean =>
  functionsAround(model, node).length > wrappersAround(model, node).length;

/** What holds the statements of the module that the node belongs to: the program, or the block of the innermost wrapper around it. */
export function moduleBody(model: SourceModel, node: Node): Node {
  const blocks = wrappersAround(model, node).flatMap(({ body }) => (body.type === 'BlockStatement' ? [body] : []));
  return blocks.at(-1) ?? model.program;
}

/** Whether the variable's scope is that of the module: the program's, or a wrapper's. */
export const isOfModule = (model: SourceModel, owner: FunctionNode | null): boolean =>
  owner === null || wrappersAround(model, owner.body).includes(owner);
