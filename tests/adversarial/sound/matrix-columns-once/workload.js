export default (lib) => {
  const a = Array.from({ length: 40 }, (_, i) => Array.from({ length: 40 }, (_, j) => i * 0.5 + j));
  const fn = () => lib.product(a, a)[3][4];
  return { fn, check: fn };
};
