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
  const known = new Map<string, string>();
  return rows.map((row) => {
    const { category } = row;
    let slug = known.get(category);
    if (slug === undefined) {
      slug = slugOf(category);
      known.set(category, slug);
    }
    return { slug, price: row.price };
  });
}
