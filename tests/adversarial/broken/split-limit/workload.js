export default (lib) => {
  const lines = Array.from({ length: 200 }, (_, i) => 'Header-' + i + ': some value ' + i);
  const fn = () => { let n = 0; for (const line of lines) n += lib.header(line).value.length; return n; };
  return { fn, check: fn };
};
