export default (lib) => {
  const jobs = Array.from({ length: 200 }, (_, i) => async () => i);
  const fn = async () => (await lib.inTurn(jobs)).length;
  return { fn, check: fn };
};
