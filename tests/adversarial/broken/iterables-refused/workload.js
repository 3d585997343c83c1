export default (lib) => {
  const names = Array.from({ length: 300 }, (_, i) => 'name' + i);
  const fn = () => lib.sentence(names).length;
  return { fn, check: fn };
};
