/** Words of a sentence in reverse order. */
export function reversed(sentence) {
  return sentence.split(' ').reduce((all, word) => [word, ...all], []).join(' ');
}
