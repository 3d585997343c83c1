export default (lib) => {
  const text = 'an ordinary line of text '.repeat(8);
  const fn = () => lib.characters(text);
  return { fn, check: fn };
};
