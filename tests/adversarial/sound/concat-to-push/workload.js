export default (lib) => {
  const pages = Array.from({ length: 300 }, (_, i) => ({ title: 'p' + i, entries: ['a', 'b'] }));
  const fn = () => lib.allEntries(pages).length;
  return { fn, check: fn };
};
