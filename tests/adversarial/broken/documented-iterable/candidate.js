/**
 * Joins the parts with a separator between.
 * @param {Iterable<string>} parts
 * @param {string} separator
 */
export function between(parts, separator) {
  if (parts.length === 0) return '';
  let out = '' + parts[0];
  for (let i = 1; i < parts.length; i++) out += separator + parts[i];
  return out;
}
