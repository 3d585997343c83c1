/** The items in pages of a size. */
export function* pages(items, size) {
  if (!Number.isInteger(size) || size < 1) throw new RangeError('the size must be a whole number above 0');
  let rest = items.slice();
  while (rest.length > 0) {
    yield rest.slice(0, size);
    rest = rest.slice(size);
  }
}
