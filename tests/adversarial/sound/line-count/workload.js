export default (lib) => {
  const text = 'a line of some length that is not split any more\n'.repeat(2000);
  const fn = () => lib.lineCount(text);
  return { fn, check: fn };
};
