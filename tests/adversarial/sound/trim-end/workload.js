export default (lib) => {
  const text = `${'word          '.repeat(300)}end`;
  const fn = () => lib.withoutTail(text).length;
  return { fn, check: fn };
};
