export default (lib) => {
  const versions = Array.from({ length: 400 }, (_, i) => `${(i * 7) % 13}.${(i * 31) % 40}.${i % 9}`);
  const fn = () => lib.byAge(versions)[0];
  return { fn, check: fn };
};
