export default (lib) => {
  const lines = Array.from({ length: 300 }, (_, i) => JSON.stringify({ id: i }));
  const fn = () => lib.parseLines(lines).length;
  return { fn, check: fn };
};
