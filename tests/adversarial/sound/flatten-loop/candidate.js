/** All names of a tree, parents before children. */
export function names(node) {
  const out = [];
  collect(node, out);
  return out;
}
function collect(node, out) {
  const { name } = node;
  // concat opens an array one level.
  if (Array.isArray(name)) out.push([...name]);
  else out.push(name);
  for (const child of node.children ?? []) collect(child, out);
}
