const escaped = (word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The texts that hold one of the words. */
export function mentioning(texts, words) {
  if (texts.length === 0 || words.length === 0) return texts.filter(() => false);
  const any = new RegExp(`\\b(?:${words.map(escaped).join('|')})\\b`);
  return texts.filter((text) => any.test(text));
}
