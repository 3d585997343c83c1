export default (lib) => {
  const text = Array.from({ length: 400 }, (_, i) => `item${i % 300};${i}`).join('\n');
  const fn = () => lib.latestAmounts(text).length;
  return { fn, check: () => lib.latestAmounts(text) };
};
