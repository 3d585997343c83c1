export default (lib) => {
  const tree = { name: 'r', children: Array.from({ length: 3000 }, (_, i) => ({ name: 'c' + i })) };
  const fn = () => { let n = 0; lib.walk(tree, () => { n += 1; }); return n; };
  return { fn, check: fn };
};
