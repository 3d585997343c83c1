export default (lib) => {
  const samples = Array.from({ length: 4000 }, (_, i) => i);
  const fn = () => lib.sum(samples);
  return { fn, check: fn };
};
