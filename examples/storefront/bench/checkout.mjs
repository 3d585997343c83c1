// A business customer's cart of 300 lines, and the coupons of a campaign: codes come twice, and booking one extends the list.
export default ({ priceCart, redeemAll }) => {
  const categories = ['garden', 'light', 'office', 'kitchen', 'bedroom'];
  const shop = Array.from({ length: 2000 }, (_, i) => ({
    sku: `P${i}`,
    name: `Article ${i}`,
    category: categories[i % 5],
    tags: [],
    price: 500 + ((i * 7919) % 20000),
    stock: i % 30,
  }));
  const lines = Array.from({ length: 300 }, (_, i) => ({ sku: `P${(i * 37) % 2000}`, quantity: 1 + (i % 4) }));
  const coupons = [
    { code: 'SPRING', percent: 10, category: 'garden' },
    { code: 'ALL', percent: 3, category: null },
  ];
  const codes = Array.from({ length: 800 }, (_, i) => `code-${i % 400}`);
  const used = Array.from({ length: 600 }, (_, i) => `used-${i}`);
  const fn = () => {
    const redeemed = used.slice();
    const accepted = redeemAll(codes, redeemed, (code) => {
      redeemed.push(code);
    });
    return [priceCart(lines, shop, coupons), accepted.length];
  };
  return { fn, check: fn };
};
