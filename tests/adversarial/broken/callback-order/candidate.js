/** Calls visit for every node, parents first. */
export function walk(node, visit) {
  const stack = [node];
  while (stack.length > 0) {
    const current = stack.pop();
    visit(current.name);
    const children = current.children;
    if (children) for (let i = children.length - 1; i >= 0; i--) stack.push(children[i]);
  }
}
