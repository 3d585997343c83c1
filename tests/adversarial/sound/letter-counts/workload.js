export default (lib) => {
  const text = 'the quick brown fox jumps over the lazy dog '.repeat(30);
  const fn = () => lib.letterCounts(text).size;
  return { fn, check: fn };
};
