export default (lib) => {
  const values = Array.from({ length: 500 }, (_, i) => i + 1);
  const fn = () => lib.windows(values, 60).length;
  return { fn, check: fn };
};
