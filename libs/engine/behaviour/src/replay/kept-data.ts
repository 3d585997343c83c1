import { isRef, type Node, type Value, valuesOf } from '../runtime/graph.ts';
import type { Observation } from '../runtime/observation.ts';

const isInstance = (node: Node): boolean => node.cls !== undefined && node.cls !== null;
const isData = (node: Node | undefined): boolean => node !== undefined && /^(?:object|array|map|set)$/.test(node.k) && !isInstance(node);

/** What was observed, without the plain data that instances of classes keep; equal text means equal in all else. */
export function withoutKeptData({ kind, roots, graph, calls, written }: Observation): string {
  const numbers = new Map<number, number>();
  const order: number[] = [];
  const visit = (value: Value, isHeld: boolean): Value => {
    if (!isRef(value)) return value;
    if (isHeld && isData(graph.nodes[value.r])) return 'kept';
    let number = numbers.get(value.r);
    if (number === undefined) {
      number = order.push(value.r) - 1;
      numbers.set(value.r, number);
    }
    return { r: number };
  };
  const shown: unknown[] = Object.entries(roots).map(([name, value]) => [name, visit(value, false)]);
  for (let i = 0; i < order.length; i++) {
    const node = graph.nodes[order[i] as number] as Node;
    const values = valuesOf(node).map((value) => visit(value, isInstance(node)));
    shown.push([node.k, node.cls, node.state, (node.props ?? []).map(([key, , flags]) => [key, flags]), values]);
  }
  return JSON.stringify([kind, shown, calls, written]);
}
