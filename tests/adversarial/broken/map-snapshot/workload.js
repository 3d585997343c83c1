export default (lib) => {
  const h = new lib.Hub();
  let n = 0;
  for (let i = 0; i < 30; i++) h.add('h' + i, (m) => { n += m; });
  const fn = () => { n = 0; for (let i = 0; i < 20; i++) h.send(i); return n; };
  return { fn, check: fn };
};
