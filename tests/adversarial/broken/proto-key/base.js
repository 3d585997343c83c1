/** Counts words. */
export function wordCounts(words) {
  const counts = [];
  for (const word of words) {
    const entry = counts.find((candidate) => candidate.word === word);
    if (entry) entry.count += 1;
    else counts.push({ word, count: 1 });
  }
  return counts;
}
