/** Order lines with their product; the first product of a number counts. */
export function withProducts(lines, products) {
  return lines.map((line) => ({ ...line, product: products.find((product) => product.number === line.number) }));
}
