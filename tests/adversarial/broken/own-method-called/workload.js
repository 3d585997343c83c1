export default (lib) => {
  const settings = Object.fromEntries(Array.from({ length: 60 }, (_, i) => ['key' + i, i]));
  const names = Array.from({ length: 60 }, (_, i) => 'key' + i * 2);
  const fn = () => lib.named(settings, names).length;
  return { fn, check: fn };
};
