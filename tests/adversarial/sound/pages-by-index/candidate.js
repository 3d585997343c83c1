/** The items in pages of a size. */
export function* pages(items, size) {
  if (!Number.isInteger(size) || size < 1) throw new RangeError('the size must be a whole number above 0');
  const own = items.slice();
  for (let from = 0; from < own.length; from += size) yield own.slice(from, from + size);
}
