export default (lib) => {
  const nodes = Array.from({ length: 300 }, (_, i) => ({ name: 'n' + i, to: [] }));
  nodes.forEach((node, i) => node.to.push(...nodes.slice(i + 1, i + 4)));
  const fn = () => lib.reachable(nodes[0]).length;
  return { fn, check: fn };
};
