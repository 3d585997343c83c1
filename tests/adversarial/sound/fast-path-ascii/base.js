/** Number of characters as people count them. */
export function characters(text) {
  return [...new Intl.Segmenter('en').segment(text)].length;
}
