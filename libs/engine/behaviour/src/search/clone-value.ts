import { copyOf, isRef, type Node, type Session, type Value } from '../runtime/graph.ts';

/** A session that holds more is no input any more. */
export const NODES_MAX = 12_000;

/** A copy of a value with nodes of its own; from NODES_MAX on the value itself, since a list that holds itself doubles with each copy. */
export function cloneValue(session: Session, value: Value, copies = new Map<number, number>()): Value {
  if (!isRef(value)) return value;
  const known = copies.get(value.r);
  if (known !== undefined) return { r: known };
  if (session.nodes.length >= NODES_MAX) return value;
  const node = copyOf(session.nodes[value.r]) as Node;
  session.nodes.push(node);
  const at = session.nodes.length - 1;
  copies.set(value.r, at);
  if ('items' in node) node.items = node.items.map((item) => cloneValue(session, item, copies));
  if (node.k === 'iterator' && node.ends)
    node.ends =
      'ret' in node.ends ? { ret: cloneValue(session, node.ends.ret, copies) } : { throw: cloneValue(session, node.ends.throw, copies) };
  if (node.k === 'map') node.entries = node.entries.map(([a, b]) => [cloneValue(session, a, copies), cloneValue(session, b, copies)]);
  for (const prop of node.props ?? []) prop[1] = cloneValue(session, prop[1], copies);
  return { r: at };
}
