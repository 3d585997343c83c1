/** Labels of the entries that have one. */
export function labels(entries) {
  const out = new Set();
  for (const entry of entries) {
    if (entry.label !== undefined && entry.label !== null) out.add(String(entry.label));
  }
  return [...out];
}
