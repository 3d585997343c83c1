export default (lib) => {
  const names = Array.from({ length: 500 }, (_, i) => 'n' + i);
  const fn = async () => (await new lib.Loader().load(names)).length;
  return { fn, check: fn };
};
