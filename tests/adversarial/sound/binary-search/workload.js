export default (lib) => {
  const sorted = Array.from({ length: 800 }, (_, i) => i * 2); const values = Array.from({ length: 300 }, (_, i) => (i * 53) % 1600);
  const fn = () => lib.places(sorted, values).length;
  return { fn, check: fn };
};
