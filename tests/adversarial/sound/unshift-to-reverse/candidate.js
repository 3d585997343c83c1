/** Path from the root to the node. */
export function pathTo(node) {
  const path = [];
  for (let at = node; at; at = at.parent) path.push(at.name);
  return path.reverse();
}
