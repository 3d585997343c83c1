export default (lib) => {
  const settings = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`group${i}`, { on: true, size: i, names: { a: 'x', b: 'y' } }]));
  const fn = () => Object.keys(lib.flat(settings)).length;
  return { fn, check: fn };
};
