const escaped = (word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The texts that hold one of the words. */
export function mentioning(texts, words) {
  return texts.filter((text) => words.some((word) => new RegExp(`\\b${escaped(word)}\\b`).test(text)));
}
