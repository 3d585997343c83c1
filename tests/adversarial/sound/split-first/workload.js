export default (lib) => {
  const address = 'http://host.example/' + 'part/'.repeat(300);
  const fn = () => { let n = 0; for (let i = 0; i < 20; i++) n += lib.hostOf(address).length; return n; };
  return { fn, check: fn };
};
