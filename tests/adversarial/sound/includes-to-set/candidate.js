/** Words of the text that the list knows. */
export function knownWords(text, list) {
  const known = new Set(list);
  return text.split(' ').filter((word) => known.has(word));
}
