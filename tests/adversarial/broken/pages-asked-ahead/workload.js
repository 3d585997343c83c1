export default (lib) => {
  const pages = Array.from({ length: 500 }, (_, i) => i);
  const fn = async () => lib.copyPages(pages, async () => {});
  return { fn, check: fn };
};

