export default (lib) => {
  const items = Array.from({ length: 2000 }, (_, i) => i);
  const fn = () => lib.batchCount(items, 5);
  return { fn, check: fn };
};
