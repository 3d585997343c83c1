export default (lib) => {
  const lines = Array.from({ length: 400 }, (_, i) => (i % 2 ? 'nothing to see ' + i : 'at 10.0.' + (i % 250) + '.7 x'));
  let n = 0; const fn = () => { n = lib.hasAddress('nothing') ? 1 : 0; return lib.hasAddress('none') ? 1 : n; };
  return { fn, check: fn };
};
