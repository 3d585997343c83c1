export default (lib) => {
  const orders = Array.from({ length: 3000 }, (_, i) => ({ id: i, state: i === 100 ? 'open' : 'done' }));
  const fn = () => lib.hasOpen(orders);
  return { fn, check: fn };
};
