export default (lib) => {
  const rows = Array.from({ length: 500 }, (_, i) => ({ name: 'r' + i, value: i }));
  const fn = () => lib.inRange(rows, { from: 10, to: 400 }).length;
  return { fn, check: fn };
};
