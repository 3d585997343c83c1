/** Nodes that can be reached, breadth first. */
export function reachable(graph, start) {
  const queue = [start];
  const seen = new Set([start]);
  while (queue.length > 0) {
    const node = queue.shift();
    for (const next of graph[node] ?? []) if (!seen.has(next)) { seen.add(next); queue.push(next); }
  }
  return [...seen];
}
