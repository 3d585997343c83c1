export default (lib) => {
  const store = { put: async () => {} }; const records = Array.from({ length: 300 }, (_, i) => ({ id: i, tags: ['a', 'b', 'c'] }));
  const fn = async () => lib.saveAll(store, records);
  return { fn, check: fn };
};
