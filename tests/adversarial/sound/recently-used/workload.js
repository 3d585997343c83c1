export default (lib) => {
  const fn = () => {
    const recent = new lib.Recent(200);
    let found = 0;
    for (let i = 0; i < 1500; i++) {
      recent.set(`key ${i % 300}`, i);
      if (recent.get(`key ${(i * 7) % 300}`) !== undefined) found += 1;
    }
    return found;
  };
  return { fn, check: fn };
};
