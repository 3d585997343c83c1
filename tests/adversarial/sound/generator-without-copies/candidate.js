/** Batches of a size. */
export function* batches(items, size) {
  const all = [...items];
  if (!(Number.isInteger(size) && size > 0)) {
    let rest = all;
    while (rest.length > 0) {
      yield rest.slice(0, size);
      rest = rest.slice(size);
    }
    return;
  }
  for (let from = 0; from < all.length; from += size) yield all.slice(from, from + size);
}
export const batchCount = (items, size) => [...batches(items, Math.max(1, size))].length;
