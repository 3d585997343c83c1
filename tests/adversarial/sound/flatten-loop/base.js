/** All names of a tree, parents before children. */
export function names(node) {
  return [node.name].concat(...(node.children ?? []).map((child) => names(child)));
}
