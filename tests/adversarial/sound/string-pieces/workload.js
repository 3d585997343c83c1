export default (lib) => {
  const text = 'some "quoted" words '.repeat(40);
  const fn = () => lib.quoted(text).length;
  return { fn, check: fn };
};
