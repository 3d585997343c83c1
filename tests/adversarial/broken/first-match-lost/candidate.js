/** Order lines with their product; the first product of a number counts. */
export function withProducts(lines, products) {
  const byNumber = new Map(products.map((product) => [product.number, product]));
  return lines.map((line) => ({ ...line, product: byNumber.get(line.number) }));
}
