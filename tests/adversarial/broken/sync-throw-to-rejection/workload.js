export default (lib) => {
  const store = Object.fromEntries(Array.from({ length: 800 }, (_, i) => ['k' + i, i]));
  const fn = async () => lib.load(store, 'k700');
  return { fn, check: fn };
};
