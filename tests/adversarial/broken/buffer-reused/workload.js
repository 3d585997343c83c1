export default (lib) => {
  const payload = Array.from({ length: 200 }, (_, i) => i);
  const fn = () => lib.frame(payload).length;
  return { fn, check: fn };
};
