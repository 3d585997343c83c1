/** Loads the named entry. */
export async function load(store, name) {
  const names = Object.keys(store).filter((key) => key === name);
  if (names.length === 0) throw new RangeError(`no entry ${name}`);
  return store[names[0]];
}
