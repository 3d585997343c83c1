/** Words of a sentence in reverse order. */
export function reversed(sentence) {
  return sentence.split(' ').reverse().join(' ');
}
