export default (lib) => {
  const list = Array.from({ length: 500 }, (_, i) => (i % 2 === 0 ? { depth: i } : { title: 't' }));
  const fn = () => list.map((item) => lib.complete(item)).length;
  return { fn, check: fn };
};
