import type { Product, Sale } from './types.ts';

export interface DayRow {
  day: string;
  pieces: number;
  /** Cents. */
  amount: number;
  customers: number;
}

/** One row per day, in the order of the days. */
export function daily(sales: readonly Sale[]): DayRow[] {
  const days: string[] = [];
  for (const sale of sales) {
    if (days.indexOf(sale.day) === -1) days.push(sale.day);
  }
  return days.sort().map((day) => {
    const ofDay = sales.filter((sale) => sale.day === day);
    const customers = ofDay.map((sale) => sale.customer);
    return {
      day,
      pieces: ofDay.reduce((sum, sale) => sum + sale.quantity, 0),
      amount: ofDay.reduce((sum, sale) => sum + sale.amount, 0),
      customers: customers.filter((customer, index) => customers.indexOf(customer) === index).length,
    };
  });
}

/** Sales by category; a product that is no longer listed counts as `other`. */
export function byCategory(sales: readonly Sale[], products: readonly Product[]): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const sale of sales) {
    const product = products.find((candidate) => candidate.sku === sale.sku);
    const category = product ? product.category : 'other';
    totals[category] = (totals[category] ?? 0) + sale.amount;
  }
  return totals;
}

/** Pairs of products that the same customers buy, by how much their customers overlap (Jaccard index), best first. */
export function boughtTogether(sales: readonly Sale[], limit = 10): { pair: [string, string]; overlap: number }[] {
  const buyers: Record<string, string[]> = {};
  for (const sale of sales) {
    const list = buyers[sale.sku] ?? [];
    if (!list.includes(sale.customer)) list.push(sale.customer);
    buyers[sale.sku] = list;
  }
  const skus = Object.keys(buyers).sort();
  const pairs: { pair: [string, string]; overlap: number }[] = [];
  for (let i = 0; i < skus.length; i++) {
    for (let j = i + 1; j < skus.length; j++) {
      const a = buyers[skus[i] as string] as string[];
      const b = buyers[skus[j] as string] as string[];
      let common = 0;
      for (const customer of a) if (b.includes(customer)) common++;
      if (common > 0) pairs.push({ pair: [skus[i] as string, skus[j] as string], overlap: common / (a.length + b.length - common) });
    }
  }
  return pairs.sort((x, y) => y.overlap - x.overlap || (x.pair.join() < y.pair.join() ? -1 : 1)).slice(0, limit);
}

/** Plain text for the morning mail. */
export function asText(rows: readonly DayRow[]): string {
  const lines: string[] = [];
  for (const row of rows) {
    const amount = (row.amount / 100).toLocaleString('en-US', { minimumFractionDigits: 2 });
    lines.push(`${row.day}  ${String(row.pieces).padStart(6)} pieces  ${amount.padStart(12)}  ${row.customers} customers`);
  }
  return lines.join('\n');
}
