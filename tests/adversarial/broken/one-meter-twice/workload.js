export default (lib) => {
  const fn = () => Object.keys(lib.readings(Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`m${i}`, new lib.Meter(1)])), 200)).length;
  return { fn, check: fn };
};

