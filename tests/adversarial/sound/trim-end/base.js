/** The text without blanks at its end. */
export function withoutTail(text) {
  return text.replace(/\s+$/, '');
}
