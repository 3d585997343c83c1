/** Score of a text: how often the words of the query occur. */
export function score(text, query) {
  try {
    const words = query.toLowerCase().split(/\s+/);
    const tokens = text.toLowerCase().split(/\W+/);
    let total = 0;
    for (const word of words) for (const token of tokens) if (token === word) total += 1;
    return total;
  } catch {
    return 0;
  }
}
