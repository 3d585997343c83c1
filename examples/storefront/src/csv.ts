import type { Product } from './types.ts';

/** Splits one CSV record; quotes may hold commas, and a doubled quote stands for one. */
export function splitRecord(line: string): string[] {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const char = line[i];
    if (quoted) {
      if (char !== '"') field += char;
      else if (line[i + 1] === '"') {
        field += '"';
        i++;
      } else quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === ',') {
      fields.push(field);
      field = '';
    } else field += char;
  }
  fields.push(field);
  return fields;
}

export interface ImportResult {
  products: Product[];
  /** Line numbers, 1-based, with what was wrong. */
  problems: { line: number; reason: string }[];
}

const COLUMNS = ['sku', 'name', 'category', 'tags', 'price', 'stock'];

/** Cents from a price such as `12.50`, `12,50` or `€ 12`; null when it is none. */
export function parsePrice(text: string): number | null {
  const cleaned = text.replace(new RegExp('[€$£\\s]', 'g'), '').replace(',', '.');
  if (!/^\d+(\.\d{1,2})?$/.test(cleaned)) return null;
  return Math.round(Number(cleaned) * 100);
}

/** Tags of a product, each once, in the order they were given. */
export function cleanTags(text: string): string[] {
  const tags = text
    .split('|')
    .map((tag) => tag.trim().toLowerCase())
    .filter((tag) => tag !== '');
  return tags.filter((tag, index) => tags.indexOf(tag) === index);
}

/** Reads the supplier's price list. A later record with the same SKU replaces the earlier one. */
export function importProducts(csv: string): ImportResult {
  const lines = csv.split('\n');
  const header = splitRecord(lines[0] ?? '').map((name) => name.trim().toLowerCase());
  const missing = COLUMNS.filter((column) => !header.includes(column));
  if (missing.length > 0) throw new Error(`the price list lacks the columns ${missing.join(', ')}`);
  let products: Product[] = [];
  let problems: ImportResult['problems'] = [];
  for (let number = 1; number < lines.length; number++) {
    const line = lines[number] ?? '';
    if (line.trim() === '') continue;
    const fields = splitRecord(line);
    const value = (column: string): string => fields[header.indexOf(column)]?.trim() ?? '';
    const price = parsePrice(value('price'));
    if (price === null) {
      problems = problems.concat([{ line: number + 1, reason: `"${value('price')}" is no price` }]);
      continue;
    }
    products = products.concat([
      {
        sku: value('sku'),
        name: value('name'),
        category: value('category'),
        tags: cleanTags(value('tags')),
        price,
        stock: Number.parseInt(value('stock'), 10) || 0,
      },
    ]);
  }
  return { products: latestBySku(products), problems };
}

/** One product per SKU: the last one, at the place of the first. */
export function latestBySku(products: Product[]): Product[] {
  const bySku = products.reduce<Record<string, Product>>((known, product) => ({ ...known, [product.sku]: product }), {});
  return Object.values(bySku);
}
