export default (lib) => {
  const tasks = Array.from({ length: 1200 }, (_, i) => async () => i);
  const fn = async () => (await lib.inSequence(tasks)).length;
  return { fn, check: fn };
};
