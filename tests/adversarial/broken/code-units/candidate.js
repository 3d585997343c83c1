/** Cuts a title to a number of characters. */
export function cut(title, size) {
  return title.slice(0, size);
}
