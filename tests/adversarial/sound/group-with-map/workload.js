export default (lib) => {
  const rows = Array.from({ length: 600 }, (_, i) => ({ department: 'd' + (i % 250), name: i }));
  const fn = () => lib.byDepartment(rows).length;
  return { fn, check: fn };
};
