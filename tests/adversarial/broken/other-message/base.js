/** The value at a dotted path. */
export function at(object, path) {
  return path.split('.').reduce((value, key) => {
    if (value === null || typeof value !== 'object') throw new TypeError(`nothing at ${key} of ${path}`);
    return value[key];
  }, object);
}
