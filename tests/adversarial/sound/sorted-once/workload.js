export default (lib) => {
  const names = Array.from({ length: 300 }, (_, i) => `name ${(i * 7919) % 1000}`);
  const fn = () => lib.firstNames(names, 20).length;
  return { fn, check: fn };
};
