/** A function that finds the name for a number; the first entry of a number wins. */
export function nameFinder(entries) {
  const names = new Map();
  entries.forEach(({ id, name }) => {
    if (!names.has(id)) names.set(id, name);
  });
  return (id) => (Number.isNaN(id) ? undefined : names.get(id));
}
