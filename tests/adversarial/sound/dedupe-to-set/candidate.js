/** Distinct names in the order of first sight. */
export function distinctNames(names) {
  return [...new Set(names)];
}
