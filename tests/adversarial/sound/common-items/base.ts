/** What stands in both lists, in the order of the first. */
export function common<T>(first: readonly T[], second: readonly T[]): T[] {
  return first.filter((item) => second.includes(item));
}
