export default (lib) => {
  const defaults = Object.fromEntries(Array.from({ length: 30 }, (_, i) => ['k' + i, i]));
  const fn = () => lib.withDefaults({ k1: 5 }, defaults).k1;
  return { fn, check: fn };
};
