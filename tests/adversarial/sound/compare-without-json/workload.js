export default (lib) => {
  const a = new Date(1e12), b = new Date(1e12 + 5000);
  const fn = () => { let n = 0; for (let i = 0; i < 100; i++) n += lib.sameDay(a, b) ? 1 : 0; return n; };
  return { fn, check: fn };
};
