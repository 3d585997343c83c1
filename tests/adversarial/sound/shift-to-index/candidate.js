/** Nodes that can be reached, breadth first. */
export function reachable(graph, start) {
  const queue = [start];
  const seen = new Set([start]);
  for (let head = 0; head < queue.length; head++) {
    const node = queue[head];
    for (const next of graph[node] ?? []) if (!seen.has(next)) { seen.add(next); queue.push(next); }
  }
  return [...seen];
}
