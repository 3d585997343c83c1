export default (lib) => {
  const g = Object.fromEntries(Array.from({ length: 100 }, (_, i) => ['n' + i, ['n' + (i + 1), 'n' + (i + 2)]]));
  const fn = () => lib.search(g, 'n0', 'n200').steps.length;
  return { fn, check: fn };
};
