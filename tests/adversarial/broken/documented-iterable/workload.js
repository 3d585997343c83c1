export default (lib) => {
  const parts = Array.from({ length: 5000 }, (_, i) => `p${i}`);
  const fn = () => lib.between(parts, ';').length;
  return { fn, check: fn };
};

