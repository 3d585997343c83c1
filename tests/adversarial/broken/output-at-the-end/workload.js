export default (lib) => {
  const records = Array.from({ length: 20 }, (_, i) => 'r' + i);
  const fn = () => lib.print(records);
  return { fn, check: fn };
};
