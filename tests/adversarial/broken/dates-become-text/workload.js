export default (lib) => {
  const record = { list: Array.from({ length: 50 }, (_, i) => ({ id: i, tags: ['a', 'b'] })) };
  const fn = () => lib.snapshot(record).list.length;
  return { fn, check: fn };
};
