export default (lib) => {
  const rows = Array.from({ length: 1500 }, (_, i) => ({ category: `Möbel & Décor ${i % 12}`, price: i }));
  const fn = () => lib.withSlugs(rows).length;
  return { fn, check: fn };
};
