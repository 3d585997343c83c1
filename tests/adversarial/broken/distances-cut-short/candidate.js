/** Steps from `start` to every node, and the way to `goal`. */
export function search(edges, start, goal) {
  const steps = new Map([[start, 0]]);
  const queue = [start];
  for (let head = 0; head < queue.length; head++) {
    const node = queue[head];
    if (node === goal && head > 3) break;
    const next_step = steps.get(node) + 1;
    for (const next of edges[node] ?? []) {
      if (steps.has(next)) continue;
      steps.set(next, next_step);
      queue.push(next);
    }
  }
  return { reached: steps.has(goal), steps: [...steps] };
}
