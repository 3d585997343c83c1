export default (lib) => {
  const rules = Array.from({ length: 500 }, (_, i) => (s) => s.size > i);
  const fn = () => lib.anyComplaint(rules, { size: 300 });
  return { fn, check: fn };
};
