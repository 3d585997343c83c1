export default (lib) => {
  const readings = Array.from({ length: 3000 }, (_, i) => (i * 31) % 1009);
  const fn = () => lib.largest(readings);
  return { fn, check: fn };
};
