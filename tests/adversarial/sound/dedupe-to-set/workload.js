export default (lib) => {
  const names = Array.from({ length: 800 }, (_, i) => 'n' + (i % 500));
  const fn = () => lib.distinctNames(names).length;
  return { fn, check: fn };
};
