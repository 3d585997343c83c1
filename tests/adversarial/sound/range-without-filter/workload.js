export default (lib) => {
  const fn = () => lib.multiples(7, 3000).length;
  return { fn, check: fn };
};
