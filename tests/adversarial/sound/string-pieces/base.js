/** Doubles every quote. */
export function quoted(text) {
  let rest = text;
  let out = '';
  while (rest.length > 0) {
    out += rest[0] === '"' ? '""' : rest[0];
    rest = rest.slice(1);
  }
  return `"${out}"`;
}
