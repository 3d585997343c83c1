const keyOf = (version) => version.split('.').reduce((key, part) => key * 1000 + Number(part), 0);

/** Versions such as 1.20.3, the oldest first. */
export function byAge(versions) {
  return [...versions].sort((a, b) => keyOf(a) - keyOf(b));
}
