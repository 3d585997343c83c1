export default (lib) => {
  let node = null; for (let i = 0; i < 3000; i++) node = { name: 'n' + i, parent: node };
  const fn = () => lib.pathTo(node).length;
  return { fn, check: fn };
};
