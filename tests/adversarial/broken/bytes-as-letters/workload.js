export default (lib) => {
  const bytes = new TextEncoder().encode('some plain text '.repeat(4));
  const fn = () => lib.textOf(bytes).length;
  return { fn, check: fn };
};
