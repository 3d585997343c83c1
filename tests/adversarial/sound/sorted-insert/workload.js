export default (lib) => {
  const fn = () => {
    const list = new lib.SortedEntries();
    for (let i = 0; i < 300; i++) list.add(`k${(i * 7919) % 500}`, i);
    let n = 0;
    for (let i = 0; i < 500; i++) if (list.get(`k${i}`) !== undefined) n += 1;
    return n;
  };
  return { fn, check: fn };
};
