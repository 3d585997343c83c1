/** The first names in alphabetical order. */
export function firstNames(names, count) {
  const out = [];
  for (let i = 0; i < Math.min(count, names.length); i++) out.push([...names].sort()[i]);
  return out;
}
