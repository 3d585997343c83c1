/** The longest word. */
export function longest(words) {
  let best;
  for (const word of words) if (best === undefined || word.length > best.length) best = word;
  return best;
}
