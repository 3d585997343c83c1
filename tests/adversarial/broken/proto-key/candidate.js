/** Counts words. */
export function wordCounts(words) {
  const index = {};
  const counts = [];
  for (const word of words) {
    const entry = index[word];
    if (entry) entry.count += 1;
    else counts.push((index[word] = { word, count: 1 }));
  }
  return counts;
}
