export default (lib) => {
  const entries = Array.from({ length: 700 }, (_, i) => ({ id: i, weight: (i * 37) % 701 }));
  const fn = () => lib.byWeight(entries).length;
  return { fn, check: fn };
};
