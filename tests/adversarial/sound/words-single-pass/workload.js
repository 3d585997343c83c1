export default (lib) => {
  const text = '  some words   of a text \n'.repeat(200);
  const fn = () => lib.wordCount(text);
  return { fn, check: fn };
};
