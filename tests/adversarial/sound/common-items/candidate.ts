/** What stands in both lists, in the order of the first. */
export function common<T>(first: readonly T[], second: readonly T[]): T[] {
  const known = new Set(second);
  return first.filter((item) => known.has(item));
}
