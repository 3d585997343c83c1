export default (lib) => {
  const fn = () => { const list = new lib.NodeList(); for (let i = 0; i < 200; i++) list.append('n' + i); return list.positionOf('n150'); };
  return { fn, check: fn };
};
