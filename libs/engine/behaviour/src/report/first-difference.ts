import { isRef, type Node, type Value, valuesOf } from '../runtime/graph.ts';
import type { Observation } from '../runtime/observation.ts';

/** Where two observations first part, as a path from the step, with the two values there. */
export interface FirstDifference {
  path: string;
  before: { value: Value; nodes: Node[] } | string;
  after: { value: Value; nodes: Node[] } | string;
}

export function firstDifference(before: Observation, after: Observation): FirstDifference | null {
  if (before.kind !== after.kind) return { path: 'the way it ends', before: before.kind, after: after.kind };
  const [left, right] = [before.graph.nodes, after.graph.nodes];
  const queue: [string, Value, Value][] = Object.entries(before.roots).map(([name, value]) => [
    name,
    value,
    orUndefined(after.roots[name]),
  ]);
  const seen = new Set<string>();
  for (const [path, a, b] of queue) {
    if (!isRef(a) || !isRef(b)) {
      if (JSON.stringify(a) !== JSON.stringify(b)) return { path, before: { value: a, nodes: left }, after: { value: b, nodes: right } };
      continue;
    }
    if (seen.has(`${a.r}:${b.r}`)) continue;
    seen.add(`${a.r}:${b.r}`);
    const [x, y] = [left[a.r], right[b.r]];
    if (!x || !y) continue;
    const parts = [partsOf(x), partsOf(y)] as const;
    if (shell(x) !== shell(y) || parts[0].map(([name]) => name).join('\0') !== parts[1].map(([name]) => name).join('\0'))
      return { path, before: { value: a, nodes: left }, after: { value: b, nodes: right } };
    for (const [index, [name, value]] of parts[0].entries()) queue.push([path + name, value, orUndefined(parts[1][index]?.[1])]);
  }
  if (JSON.stringify(before.calls) !== JSON.stringify(after.calls))
    return { path: 'calls of callbacks', before: callsText(before), after: callsText(after) };
  if (JSON.stringify(before.written) !== JSON.stringify(after.written))
    return { path: 'output', before: JSON.stringify(before.written), after: JSON.stringify(after.written) };
  return { path: 'which values are the same object', before: 'shared otherwise', after: 'shared otherwise' };
}

const callsText = (item: Observation): string =>
  item.calls
    .slice(0, 12)
    .map((call) => `${call.phase} ${call.text}`)
    .join(' ');

/** What a node is apart from the values it holds. */
function shell(node: Node): string {
  return JSON.stringify({
    ...node,
    items: undefined,
    entries: undefined,
    props: node.props?.map(([key, , flags]) => [key, flags]),
    buffer: undefined,
    value: undefined,
    time: undefined,
    message: undefined,
    cause: undefined,
  });
}

function partsOf(node: Node): [string, Value][] {
  const values = valuesOf(node);
  const names: string[] = [];
  if ('items' in node) names.push(...node.items.map((_, index) => `[${index}]`));
  if (node.k === 'map') names.push(...node.entries.flatMap((_, index) => [` key ${index}`, ` value ${index}`]));
  if (node.k === 'error') names.push('.message', ...(node.cause === undefined ? [] : ['.cause']));
  const rest = values.length - names.length - (node.props?.length ?? 0);
  for (let i = 0; i < rest; i++) names.push('.value');
  for (const [key] of node.props ?? [])
    names.push(
      typeof key === 'string' && /^[a-z_$][\w$]*$/i.test(key) ? `.${key}` : `[${JSON.stringify(typeof key === 'string' ? key : key.sym)}]`,
    );
  return names.map((name, index) => [name, orUndefined(values[index])]);
}

/** `null` is a value. */
const orUndefined = (value: Value | undefined): Value => (value === undefined ? { p: 'undefined' } : value);
