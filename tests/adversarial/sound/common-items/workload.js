export default (lib) => {
  const first = Array.from({ length: 900 }, (_, i) => i * 2);
  const second = Array.from({ length: 900 }, (_, i) => i * 3);
  const fn = () => lib.common(first, second).length;
  return { fn, check: fn };
};
