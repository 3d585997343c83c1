export default (lib) => {
  const text = 'total = (price_1 + 20.5) * count - 3 / x '.repeat(20);
  const fn = () => lib.tokens(text).length;
  return { fn, check: fn };
};
