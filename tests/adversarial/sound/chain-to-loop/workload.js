export default (lib) => {
  const invoices = Array.from({ length: 1000 }, (_, i) => ({ paid: i % 3 > 0, amount: i * 1.25 }));
  const fn = () => lib.paidCents(invoices);
  return { fn, check: fn };
};
