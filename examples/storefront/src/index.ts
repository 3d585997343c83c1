export { mergeCarts, type PricedCart, type PricedLine, priceCart, redeemAll } from './cart.ts';
export { browse, didYouMean, editDistance, type Hit, search, tokens } from './catalogue.ts';
export { cleanTags, type ImportResult, importProducts, latestBySku, parsePrice, splitRecord } from './csv.ts';
export { asText, boughtTogether, byCategory, daily, type DayRow } from './report.ts';
export { type Allocation, allocate, type Order, reorderList } from './stock.ts';
export type { CartLine, Coupon, Product, Sale } from './types.ts';
