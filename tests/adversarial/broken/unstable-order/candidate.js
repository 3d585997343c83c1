/** Entries by weight, heaviest first; equal ones keep their order. */
export function byWeight(entries) {
  return [...entries].sort((a, b) => a.weight - b.weight).reverse();
}
