export default (lib) => {
  const text = 'a long text that is searched to its end '.repeat(40);
  const prefixes = Array.from({ length: 100 }, (_, i) => `prefix ${i}`);
  const fn = () => lib.beginsWithAny(text, prefixes);
  return { fn, check: fn };
};
