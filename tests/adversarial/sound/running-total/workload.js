export default (lib) => {
  const fn = () => {
    const basket = new lib.Basket();
    for (let i = 0; i < 1200; i++) basket.add(i * 0.25);
    return basket.total;
  };
  return { fn, check: fn };
};
