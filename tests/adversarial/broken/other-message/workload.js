export default (lib) => {
  const object = { a: { b: { c: { d: { e: 5 } } } } };
  const fn = () => { let n = 0; for (let i = 0; i < 50; i++) n += lib.at(object, 'a.b.c.d.e'); return n; };
  return { fn, check: fn };
};
