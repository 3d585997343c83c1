import type { CartLine, Coupon, Product } from './types.ts';

export interface PricedLine {
  sku: string;
  name: string;
  quantity: number;
  /** Cents, after discounts. */
  amount: number;
}

export interface PricedCart {
  lines: PricedLine[];
  total: number;
}

/** Prices a cart against the catalogue; the best coupon for a line counts. */
export function priceCart(lines: readonly CartLine[], products: readonly Product[], coupons: readonly Coupon[] = []): PricedCart {
  const priced: PricedLine[] = [];
  for (const line of lines) {
    const product = products.find((candidate) => candidate.sku === line.sku);
    if (!product) throw new Error(`there is no product ${line.sku}`);
    const percent = bestPercent(product, coupons);
    const amount = Math.round((product.price * line.quantity * (100 - percent)) / 100);
    priced.push({ sku: line.sku, name: product.name, quantity: line.quantity, amount });
  }
  return { lines: priced, total: priced.reduce((sum, line) => sum + line.amount, 0) };
}

function bestPercent(product: Product, coupons: readonly Coupon[]): number {
  const fitting = coupons.filter((coupon) => coupon.category === null || coupon.category === product.category);
  const best = [...fitting].sort((a, b) => b.percent - a.percent)[0];
  return best ? best.percent : 0;
}

/**
 * Redeems coupon codes, each at most once over the life of the shop. `redeem` books the code, and may do so by adding it to
 * `redeemed`, the list this function is given.
 */
export function redeemAll(codes: readonly string[], redeemed: readonly string[], redeem: (code: string) => void): string[] {
  const accepted: string[] = [];
  for (const code of codes) {
    if (redeemed.includes(code)) continue;
    redeem(code);
    accepted.push(code);
  }
  return accepted;
}

/** Puts two carts together, for a visitor who signs in. */
export function mergeCarts(a: readonly CartLine[], b: readonly CartLine[]): CartLine[] {
  const merged = a.map((line) => ({ ...line }));
  for (const line of b) {
    const known = merged.find((other) => other.sku === line.sku);
    if (known) known.quantity += line.quantity;
    else merged.push({ ...line });
  }
  return merged;
}
