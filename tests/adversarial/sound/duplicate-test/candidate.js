/** Whether something occurs twice. */
export function hasDuplicates(items) {
  const seen = new Set();
  return items.some((item) => {
    if (seen.has(item) || Number.isNaN(item)) return true;
    seen.add(item);
    return false;
  });
}
