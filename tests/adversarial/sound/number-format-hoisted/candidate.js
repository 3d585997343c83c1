const PRICE = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'EUR' });

/** Prices as people read them. */
export function priceTexts(prices) {
  return prices.map((price) => PRICE.format(price));
}
