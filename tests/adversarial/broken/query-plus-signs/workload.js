export default (lib) => {
  const q = Array.from({ length: 100 }, (_, i) => `key${i}=value%20${i}`).join('&');
  const fn = () => Object.keys(lib.parse(q)).length;
  return { fn, check: fn };
};
