export default (lib) => {
  const links = new Map(Array.from({ length: 700 }, (_, i) => [`n${i}`, [`n${(i * 3 + 1) % 700}`, `n${(i * 7 + 2) % 700}`]]));
  const fn = () => lib.reachable(links, 'n0').length;
  return { fn, check: fn };
};
