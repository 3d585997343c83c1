/** Loads the named entry. */
export function load(store, name) {
  if (!Object.hasOwn(store, name)) throw new RangeError(`no entry ${name}`);
  return Promise.resolve(store[name]);
}
