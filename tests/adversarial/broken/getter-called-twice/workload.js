export default (lib) => {
  const entries = Array.from({ length: 500 }, (_, i) => ({ label: 'l' + (i % 400) }));
  const fn = () => lib.labels(entries).length;
  return { fn, check: fn };
};
