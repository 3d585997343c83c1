export default (lib) => {
  const a = Array.from({ length: 600 }, (_, i) => i * 1.5), b = Array.from({ length: 600 }, (_, i) => i * 3);
  const fn = () => lib.newReadings(a, b).length;
  return { fn, check: fn };
};
