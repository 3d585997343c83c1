/** Number of words (runs of anything but white space). */
export function wordCount(text) {
  return text.split(/\s+/).filter((word) => word !== '').length;
}
