import { isRef, mapNode, type Node, type Session, type Value } from '../runtime/graph.ts';

const ITEMS_KEPT = 6;
const STEPS_KEPT = 12;
/** A plain object with more keys than a record has is a table. */
const TABLE_KEYS_MIN = 24;
const TABLE_KEYS_KEPT = 12;
/** A step is run and everything it touched is compared. */
const STEP_SIZE = 4;

/** How much a session holds: what it costs to copy, run and compare it. */
export const sizeOf = (session: Session): number =>
  session.nodes.reduce(
    (sum, node) =>
      sum +
      1 +
      (isTable(node) ? (node.props?.length ?? 0) : 0) +
      ('items' in node ? node.items.length : node.k === 'map' ? node.entries.length : 0),
    STEP_SIZE * session.steps.length,
  );

const isTable = (node: Node): boolean => node.k === 'object' && node.cls === undefined && (node.props?.length ?? 0) >= TABLE_KEYS_MIN;

/** The same session with short lists and few steps: the first few of each, and only what is still referred to. Null when that changes nothing. */
export function compacted(session: Session): Session | null {
  const before = sizeOf(session);
  const nodes = session.nodes.map((node): Node => {
    if (node.k === 'array' || node.k === 'set' || node.k === 'iterator') return { ...node, items: node.items.slice(0, ITEMS_KEPT) };
    if (isTable(node)) return { ...node, props: node.props?.slice(0, TABLE_KEYS_KEPT) ?? [] };
    return node.k === 'map' ? { ...node, entries: node.entries.slice(0, ITEMS_KEPT) } : node;
  });
  const made = reachable({ ...session, steps: session.steps.slice(0, STEPS_KEPT), nodes });
  return sizeOf(made) < before ? made : null;
}

/** Leaves out nodes nobody refers to. */
function reachable(session: Session): Session {
  const numbers = new Map<number, number>();
  const order: number[] = [];
  const visit = (value: Value): Value => {
    if (!isRef(value)) return value;
    let number = numbers.get(value.r);
    if (number === undefined) {
      number = order.push(value.r) - 1;
      numbers.set(value.r, number);
    }
    return { r: number };
  };
  const steps = session.steps.map((step) => ({
    ...step,
    self: visit(step.self),
    args: step.args.map(visit),
    ...(step.callee === undefined ? {} : { callee: visit(step.callee) }),
  }));
  const nodes: Node[] = [];
  for (let i = 0; i < order.length; i++) nodes.push(mapNode(session.nodes[order[i] as number] as Node, visit));
  return { ...session, steps, nodes };
}
