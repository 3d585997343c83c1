export default (lib) => {
  const fn = async () => (await lib.loadPages(async (page) => (page < 300 ? [page, page, page] : []))).length;
  return { fn, check: fn };
};
