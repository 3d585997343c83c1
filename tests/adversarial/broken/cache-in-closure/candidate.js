/** Score of a text: how often the words of the query occur. */
export const score = (() => {
  const known = new Map();
  return function score(text, query) {
    const key = query + '|' + text;
    let total = known.get(key);
    if (total === undefined) {
      total = 0;
      for (const word of query.toLowerCase().split(/\s+/)) for (const token of text.toLowerCase().split(/\W+/)) if (token === word) total += 1;
      known.set(key, total);
    }
    return total;
  };
})();
