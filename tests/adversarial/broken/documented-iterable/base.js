/**
 * Joins the parts with a separator between.
 * @param {Iterable<string>} parts
 * @param {string} separator
 */
export function between(parts, separator) {
  let out = '';
  let first = true;
  for (const part of parts) {
    out = out + (first ? '' : separator) + part;
    first = false;
  }
  return out;
}
