/** Pairs each item with how often it came before. */
export function occurrences(items) {
  const seen = {};
  return items.map((item) => {
    const count = seen[item] ?? 0;
    seen[item] = count + 1;
    return { item, count };
  });
}
