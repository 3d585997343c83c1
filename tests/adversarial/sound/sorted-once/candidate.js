/** The first names in alphabetical order. */
export function firstNames(names, count) {
  const size = Math.min(count, names.length);
  if (!(size > 0)) return [];
  const sorted = [...names].sort();
  const out = [];
  for (let i = 0; i < size; i++) out.push(sorted[i]);
  return out;
}
