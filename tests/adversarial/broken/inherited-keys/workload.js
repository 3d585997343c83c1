export default (lib) => {
  const settings = Object.fromEntries(Array.from({ length: 40 }, (_, i) => ['key' + i, i]));
  const fn = () => lib.describe(settings).length;
  return { fn, check: fn };
};
