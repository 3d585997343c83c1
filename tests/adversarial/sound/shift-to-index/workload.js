export default (lib) => {
  const graph = { r: Array.from({ length: 60000 }, (_, i) => 'n' + i) };
  const fn = () => lib.reachable(graph, 'r').length;
  return { fn, check: fn };
};
