/** The lowest and the highest price. */
export function priceRange(items) {
  return { low: Math.min(...items.map((item) => item.price)), high: Math.max(...items.map((item) => item.price)) };
}
