import type { Product } from './types.ts';

export interface Order {
  id: number;
  sku: string;
  quantity: number;
}

export interface Allocation {
  filled: number[];
  /** Orders that wait for the next delivery, in the order they came. */
  waiting: number[];
}

/** Hands out stock first come, first served. An order that does not fit goes to the end once and is tried again. */
export function allocate(orders: readonly Order[], products: readonly Product[]): Allocation {
  const left = new Map(products.map((product) => [product.sku, product.stock]));
  const queue: { order: Order; retried: boolean }[] = [];
  for (const order of orders) queue.push({ order, retried: false });
  const filled: number[] = [];
  const waiting: number[] = [];
  while (queue.length > 0) {
    const next = queue.shift();
    if (!next) break;
    const { order } = next;
    const available = left.get(order.sku) ?? 0;
    if (available >= order.quantity) {
      left.set(order.sku, available - order.quantity);
      filled.push(order.id);
    } else if (!next.retried) queue.push({ order, retried: true });
    else waiting.push(order.id);
  }
  return { filled, waiting };
}

/** Products to order anew: those that would run out within the days of delivery, the most urgent first. */
export function reorderList(products: readonly Product[], soldPerDay: ReadonlyMap<string, number>, days: number): string[] {
  return products
    .map((product) => ({ sku: product.sku, cover: product.stock / (soldPerDay.get(product.sku) ?? 0.01) }))
    .filter((entry) => entry.cover < days)
    .sort((a, b) => a.cover - b.cover)
    .map((entry) => entry.sku);
}
