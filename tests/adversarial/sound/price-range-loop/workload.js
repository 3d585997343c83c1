export default (lib) => {
  const items = Array.from({ length: 2000 }, (_, i) => ({ price: (i * 7919) % 1009 }));
  const fn = () => lib.priceRange(items).high;
  return { fn, check: fn };
};
