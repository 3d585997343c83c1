export default (lib) => {
  const users = Array.from({ length: 200 }, (_, i) => ({ id: 'u' + i, name: 'n' }));
  const fn = () => Object.keys(lib.byId(users)).length;
  return { fn, check: fn };
};
