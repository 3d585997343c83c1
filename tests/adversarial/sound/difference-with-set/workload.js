export default (lib) => {
  const before = Array.from({ length: 500 }, (_, i) => 'src/f' + i); const now = Array.from({ length: 500 }, (_, i) => 'src/f' + (i + 20));
  const fn = () => lib.added(now, before).length;
  return { fn, check: fn };
};
