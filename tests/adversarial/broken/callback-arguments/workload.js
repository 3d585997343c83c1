export default (lib) => {
  const list = Array.from({ length: 2000 }, (_, i) => i);
  const fn = () => lib.keep(list, (x) => x % 3 === 0).length;
  return { fn, check: fn };
};
