/** Calls visit for every node, parents first. */
export function walk(node, visit) {
  const queue = [node];
  while (queue.length > 0) {
    const current = queue.shift();
    visit(current.name);
    queue.push(...(current.children ?? []));
  }
}
