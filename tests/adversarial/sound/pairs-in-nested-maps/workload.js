export default (lib) => {
  const pairs = Array.from({ length: 1500 }, (_, i) => [i % 60, `n${i % 13}`]);
  const fn = () => lib.distinctPairs(pairs).length;
  return { fn, check: fn };
};

