/** Number of words (runs of anything but white space). */
export function wordCount(text) {
  const words = text.match(/\S+/g);
  return words === null ? 0 : words.length;
}
