export default (lib) => {
  const rows = Array.from({ length: 120 }, (_, i) => [`row ${i}`, 'x'.repeat(i % 17), String(i * 99)]);
  const fn = () => lib.table(rows).length;
  return { fn, check: fn };
};
