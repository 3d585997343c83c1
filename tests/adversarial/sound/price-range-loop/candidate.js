/** The lowest and the highest price. */
export function priceRange(items) {
  let low = Infinity;
  let high = -Infinity;
  items.forEach((item) => {
    const { price } = item;
    low = Math.min(low, price);
    high = Math.max(high, price);
  });
  return { low, high };
}
