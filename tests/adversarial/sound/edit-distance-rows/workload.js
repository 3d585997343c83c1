export default (lib) => {
  const a = 'performance of programs '.repeat(8);
  const b = 'programs that perform well '.repeat(7);
  const fn = () => lib.distance(a, b);
  return { fn, check: fn };
};
