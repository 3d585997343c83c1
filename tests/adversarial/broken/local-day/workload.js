export default (lib) => {
  const moments = Array.from({ length: 300 }, (_, i) => new Date(Date.UTC(2026, 0, 1 + i, 12)));
  const fn = () => moments.map((moment) => lib.dayOf(moment)).length;
  return { fn, check: fn };
};
