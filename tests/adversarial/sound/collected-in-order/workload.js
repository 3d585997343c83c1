export default (lib) => {
  const values = Array.from({ length: 1500 }, (_, i) => i);
  const fn = async () => (await lib.collect(values)).length;
  return { fn, check: fn };
};
