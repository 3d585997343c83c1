/** Number of lines of a text. */
export function lineCount(text) {
  return text.split('\n').length;
}
