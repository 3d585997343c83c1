export default (lib) => {
  const title = 'a long title of a page '.repeat(20);
  const fn = () => lib.cut(title, 100).length;
  return { fn, check: fn };
};
