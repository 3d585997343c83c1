const pluralOf = (noun: string): string => {
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`;
  return /(?:s|x|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`;
};

/** A count with its noun, as every text for people says it: `1 patch`, `2 patches`, `0.5 minutes`. */
export const plural = (count: number, noun: string): string => (count === 1 ? `1 ${noun}` : `${count} ${pluralOf(noun)}`);
