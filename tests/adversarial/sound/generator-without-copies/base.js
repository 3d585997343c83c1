/** Batches of a size. */
export function* batches(items, size) {
  let rest = [...items];
  while (rest.length > 0) {
    yield rest.slice(0, size);
    rest = rest.slice(size);
  }
}
export const batchCount = (items, size) => [...batches(items, Math.max(1, size))].length;
