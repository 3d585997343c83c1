/** Pairs each item with how often it came before. */
export function occurrences(items) {
  const seen = [];
  return items.map((item) => {
    const count = seen.filter((other) => other === item).length;
    seen.push(item);
    return { item, count };
  });
}
