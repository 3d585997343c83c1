/** Files that are in the first list only. */
export function added(now, before) {
  const out = [];
  for (const file of now) {
    if (!before.includes(file)) out.push(file.toLowerCase());
  }
  return out;
}
