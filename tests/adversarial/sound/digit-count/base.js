/** Number of digits in a text. */
export function digitCount(text) {
  return (text.match(/\d/g) ?? []).length;
}
