/** Cuts a title to a number of characters. */
export function cut(title, size) {
  return Array.from(title).slice(0, size).join('');
}
