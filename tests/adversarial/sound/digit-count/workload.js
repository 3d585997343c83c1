export default (lib) => {
  const text = 'order 12345 of 2026-01-31, total 99.50 '.repeat(150);
  const fn = () => lib.digitCount(text);
  return { fn, check: fn };
};
