/** Prices as people read them. */
export function priceTexts(prices) {
  return prices.map((price) => new Intl.NumberFormat('en-US', { style: 'currency', currency: 'EUR' }).format(price));
}
