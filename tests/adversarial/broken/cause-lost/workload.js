export default (lib) => {
  const fn = () => { let n = 0; for (let i = 0; i < 100; i++) n += lib.load('f' + i, (x) => x.length); return n; };
  return { fn, check: fn };
};
