export default (lib) => {
  const entries = Array.from({ length: 400 }, (_, i) => ({ id: i, name: `name ${i}` }));
  const fn = () => {
    const find = lib.nameFinder(entries);
    let size = 0;
    for (let i = 0; i < 400; i++) size += find(i).length;
    return size;
  };
  return { fn, check: fn };
};
