/** Steps from `start` to every node, and the way to `goal`. */
export function search(edges, start, goal) {
  const steps = new Map([[start, 0]]);
  const queue = [start];
  while (queue.length > 0) {
    const node = queue.shift();
    for (const next of edges[node] ?? []) {
      if (steps.has(next)) continue;
      steps.set(next, steps.get(node) + 1);
      queue.push(next);
    }
  }
  return { reached: steps.has(goal), steps: [...steps] };
}
