/** The nodes that can be reached from one, each once. */
export function reachable(node) {
  const found = [];
  const open = [node];
  while (open.length > 0) {
    const next = open.pop();
    if (found.includes(next)) continue;
    found.push(next);
    open.push(...next.to);
  }
  return found.map((each) => each.name);
}
