import { z } from 'zod';
import type { Place, SourceFiles } from './source-files.ts';

/** A node of a sampled call tree: a function in one calling context, with its own time. Lines and columns are 0-based. */
export const ProfileNode = z.object({
  id: z.number(),
  name: z.string(),
  url: z.string(),
  line: z.number(),
  column: z.number(),
  self_us: z.number(),
  children: z.array(z.number()),
});
export type ProfileNode = z.infer<typeof ProfileNode>;

export interface FunctionShare {
  file: string;
  symbol: string;
  start_line: number;
  end_line: number;
  self_us: number;
  inclusive_us: number;
  /** Own time and that of dependencies, the runtime and native code on its direct behalf: what changing this function could save. */
  addressable_us: number;
  /** Own functions that called it, by the time it took on their behalf. */
  callers: Map<string, number>;
}

export interface TreeShares {
  functions: Map<string, FunctionShare>;
  /** Sampled time without idling. */
  total_us: number;
  collector_us: number;
  /** Own time of dependencies, of the runtime's JavaScript and of native code. */
  foreign_us: number;
}

export const placeKey = (place: Place): string => `${place.file}:${place.function.start_line}:${place.function.symbol}`;

/** Adds up a call tree by source function. Inclusive time counts once per stack, however often a function recurs in it. */
export function sharesOf(nodes: readonly ProfileNode[], sources: SourceFiles): TreeShares {
  const byId = new Map(nodes.map((n) => [n.id, n]));
  const children = new Set(nodes.flatMap((n) => n.children));
  const result: TreeShares = { functions: new Map(), total_us: 0, collector_us: 0, foreign_us: 0 };
  // An explicit stack: recursion in the profiled code would otherwise be recursion here.
  const pending = nodes.filter((n) => !children.has(n.id)).map((node) => ({ node, stack: [] as string[] }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, stack } = next;
    if (node.name === '(idle)') continue;
    const own = addNode(node, stack, sources, result);
    const below = own === null || own === stack.at(-1) ? stack : [...stack.filter((key) => key !== own), own];
    for (const id of node.children) {
      const child = byId.get(id);
      if (child !== undefined) pending.push({ node: child, stack: below });
    }
  }
  return result;
}

function addNode(node: ProfileNode, stack: readonly string[], sources: SourceFiles, result: TreeShares): string | null {
  const place = sources.placeAt(node.url, node.line, node.column, node.name);
  const key = place === null ? null : placeKey(place);
  if (place !== null && key !== null && !result.functions.has(key)) {
    const { symbol, start_line, end_line } = place.function;
    result.functions.set(key, {
      file: place.file,
      symbol,
      start_line,
      end_line,
      self_us: 0,
      inclusive_us: 0,
      addressable_us: 0,
      callers: new Map(),
    });
  }
  result.total_us += node.self_us;
  if (node.name === '(garbage collector)') result.collector_us += node.self_us;
  else if (key === null) result.foreign_us += node.self_us;
  const active = key === null || stack.includes(key) ? stack : [...stack, key];
  for (const [depth, name] of active.entries()) {
    const share = result.functions.get(name) as FunctionShare;
    share.inclusive_us += node.self_us;
    const caller = active[depth - 1];
    if (caller !== undefined) share.callers.set(caller, (share.callers.get(caller) ?? 0) + node.self_us);
  }
  if (key !== null) (result.functions.get(key) as FunctionShare).self_us += node.self_us;
  const nearest = key ?? stack.at(-1);
  if (nearest !== undefined) (result.functions.get(nearest) as FunctionShare).addressable_us += node.self_us;
  return key;
}
