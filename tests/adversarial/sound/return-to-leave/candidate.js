/** Value at a path of names, or the fallback. */
export function getIn(object, path, fallback) {
  try {
    let at = object;
    for (const name of path.split('.')) {
      if (at === null || at === undefined) return fallback;
      at = at[name];
    }
    return at === undefined ? fallback : at;
  } catch (error) {
    if (error.message !== 'nothing there') throw error;
    return fallback;
  }
}
