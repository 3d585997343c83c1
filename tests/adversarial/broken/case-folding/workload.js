export default (lib) => {
  const names = Array.from({ length: 200 }, (_, i) => 'Name Of Person ' + i);
  const fn = () => { let n = 0; for (const name of names) if (lib.sameName(name, name.toUpperCase())) n += 1; return n; };
  return { fn, check: fn };
};
