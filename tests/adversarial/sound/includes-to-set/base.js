/** Words of the text that the list knows. */
export function knownWords(text, list) {
  return text.split(' ').filter((word) => list.includes(word));
}
