export default (lib) => {
  const rows = Array.from({ length: 600 }, (_, i) => ({ key: 'g' + (i % 200), value: i }));
  const fn = () => lib.groups(rows).length;
  return { fn, check: fn };
};
