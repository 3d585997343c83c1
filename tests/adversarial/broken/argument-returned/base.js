/** Scores sorted from best to worst; the argument stays as it is. */
export function ranked(scores) {
  const copy = [...scores];
  copy.sort((a, b) => b - a);
  return copy;
}
