export default (lib) => {
  const fn = () => lib.primesUpTo(20_000).length;
  return { fn, check: fn };
};
