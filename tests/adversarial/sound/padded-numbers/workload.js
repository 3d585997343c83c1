export default (lib) => {
  const numbers = Array.from({ length: 200 }, (_, i) => i);
  const fn = () => lib.padded(numbers, 40).length;
  return { fn, check: fn };
};
