const keyOf = (version) => version.split('.').reduce((key, part) => key * 1000 + Number(part), 0);

/** Versions such as 1.20.3, the oldest first. */
export function byAge(versions) {
  const keys = new Map();
  const known = (version) => {
    let key = keys.get(version);
    if (key === undefined) {
      key = keyOf(version);
      keys.set(version, key);
    }
    return key;
  };
  return [...versions].sort((a, b) => known(a) - known(b));
}
