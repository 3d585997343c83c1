export default (lib) => {
  const names = Array.from({ length: 1500 }, (_, i) => `page ${i}`);
  const fn = async () => (await lib.loadAll(names, async (name) => name)).pages.length;
  return { fn, check: fn };
};
