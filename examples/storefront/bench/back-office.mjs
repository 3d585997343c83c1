// The morning report over a month, and the orders of a busy day.
export default ({ allocate, asText, boughtTogether, byCategory, daily }) => {
  let state = 11;
  const next = (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
  const categories = ['garden', 'light', 'office', 'kitchen', 'bedroom'];
  const shop = Array.from({ length: 800 }, (_, i) => ({ sku: `P${i}`, name: `Article ${i}`, category: categories[i % 5], tags: [], price: 1000, stock: i % 30 }));
  const month = Array.from({ length: 2000 }, () => {
    const quantity = 1 + next(3);
    const day = `2026-03-${String(1 + next(28)).padStart(2, '0')}`;
    return { day, sku: `P${next(800)}`, quantity, amount: quantity * (500 + next(9000)), customer: `c${next(400)}` };
  });
  const orders = Array.from({ length: 17000 }, (_, i) => ({ id: i, sku: `P${(i * 7) % 900}`, quantity: 1 + (i % 5) }));
  const recent = month.slice(0, 250);
  const fn = () => [asText(daily(month)), byCategory(month, shop), allocate(orders, shop), boughtTogether(recent)];
  return { fn, check: fn };
};
