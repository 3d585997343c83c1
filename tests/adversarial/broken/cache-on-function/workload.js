export default (lib) => {
  const text = 'the quick brown fox jumps over the lazy dog '.repeat(30);
  const fn = () => lib.score(text, 'fox dog cat');
  return { fn, check: fn };
};
