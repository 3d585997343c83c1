export default (lib) => {
  const items = Array.from({ length: 500 }, (_, i) => 'k' + (i % 250));
  const fn = () => lib.occurrences(items).length;
  return { fn, check: fn };
};
