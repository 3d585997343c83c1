export default (lib) => {
  const products = Array.from({ length: 400 }, (_, i) => ({ number: i, name: 'p' + i }));
  const lines = Array.from({ length: 400 }, (_, i) => ({ number: (i * 7) % 400 }));
  const fn = () => lib.withProducts(lines, products).length;
  return { fn, check: fn };
};
