export default (lib) => {
  const record = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`field${i}`, i]));
  const fn = () => lib.fieldsOf(record).length;
  return { fn, check: () => lib.fieldsOf(record) };
};
