/** Files that are in the first list only. */
export function added(now, before) {
  const known = new Set(before);
  const out = [];
  for (const file of now) {
    if (!known.has(file)) out.push(file.toLowerCase());
  }
  return out;
}
