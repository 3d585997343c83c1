/** Labels of the entries that have one. */
export function labels(entries) {
  const out = [];
  for (const entry of entries) {
    const label = entry.label;
    if (label !== undefined && label !== null) out.push(String(label));
  }
  return out.filter((label, index) => out.indexOf(label) === index);
}
