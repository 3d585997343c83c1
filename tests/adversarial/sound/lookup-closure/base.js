/** A function that finds the name for a number; the first entry of a number wins. */
export function nameFinder(entries) {
  const own = entries.map(({ id, name }) => ({ id, name }));
  return (id) => own.find((entry) => entry.id === id)?.name;
}
