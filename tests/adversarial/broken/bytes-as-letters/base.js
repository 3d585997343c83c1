/** The text in a buffer of UTF-8. */
export function textOf(bytes) {
  return new TextDecoder().decode(bytes);
}
