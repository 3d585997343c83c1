/** Number of characters as people count them. */
export function characters(text) {
  // Printable ASCII never joins into one character; \r\n would.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  return [...new Intl.Segmenter('en').segment(text)].length;
}
