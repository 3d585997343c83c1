export default (lib) => {
  let tree = { name: 'leaf' }; for (let i = 0; i < 60; i++) tree = { name: 'n' + i, children: [tree, { name: 'l' + i }] };
  const fn = () => lib.names(tree).length;
  return { fn, check: fn };
};
