export default (lib) => {
  const object = { a: { b: null } };
  const fn = () => { let n = 0; for (let i = 0; i < 4000; i++) n += lib.getIn(object, 'a.b.c', 1); return n; };
  return { fn, check: fn };
};

