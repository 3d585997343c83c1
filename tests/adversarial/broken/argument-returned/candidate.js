/** Scores sorted from best to worst; the argument stays as it is. */
export function ranked(scores) {
  let sorted = true;
  for (let i = 1; i < scores.length && sorted; i++) sorted = scores[i - 1] >= scores[i];
  if (sorted) return scores;
  const copy = [...scores];
  copy.sort((a, b) => b - a);
  return copy;
}
