export default (lib) => {
  const text = 'an ordinary sentence, nothing special in it. '.repeat(20);
  const fn = () => lib.escapeHtml(text).length;
  return { fn, check: fn };
};
