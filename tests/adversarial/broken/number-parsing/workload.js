export default (lib) => {
  const texts = Array.from({ length: 500 }, (_, i) => String(i * 3));
  const fn = () => lib.widths(texts).length;
  return { fn, check: fn };
};
