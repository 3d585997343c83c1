/** The nodes that can be reached from one, each once. */
export function reachable(node) {
  const found = [];
  const open = [node];
  while (open.length > 0) {
    const next = open.pop();
    if (next.seen === true) continue;
    next.seen = true;
    found.push(next);
    open.push(...next.to);
  }
  for (const each of found) delete each.seen;
  return found.map((each) => each.name);
}
