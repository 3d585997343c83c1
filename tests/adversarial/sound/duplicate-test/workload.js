export default (lib) => {
  const items = Array.from({ length: 1500 }, (_, i) => `item ${i}`);
  const fn = () => lib.hasDuplicates(items);
  return { fn, check: fn };
};
