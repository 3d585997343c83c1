export default (lib) => {
  const text = '   some line of text   \n'.repeat(150);
  const fn = () => lib.cleanLines(text).length;
  return { fn, check: fn };
};
