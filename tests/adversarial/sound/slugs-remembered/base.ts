export interface Row {
  category: string;
  price: number;
}

const slugOf = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');

/** The rows with the slugs of their categories. */
export function withSlugs(rows: Row[]): { slug: string; price: number }[] {
  return rows.map((row) => ({ slug: slugOf(row.category), price: row.price }));
}
