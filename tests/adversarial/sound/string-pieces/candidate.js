/** Doubles every quote. */
export function quoted(text) {
  return `"${text.replaceAll('"', '""')}"`;
}
