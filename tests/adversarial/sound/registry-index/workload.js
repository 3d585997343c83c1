export default (lib) => {
  const fn = () => {
    const registry = new lib.Registry();
    for (let i = 0; i < 500; i++) registry.add(i, `name ${i}`);
    let size = 0;
    for (let i = 0; i < 500; i++) size += registry.nameOf(i)?.length ?? 0;
    return size;
  };
  return { fn, check: fn };
};
