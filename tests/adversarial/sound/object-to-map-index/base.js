/** Counts of the distinct values, in the order of first sight. */
export function tally(values) {
  const out = [];
  for (const value of values) {
    const entry = out.find((candidate) => Object.is(candidate.value, value));
    if (entry) entry.count += 1;
    else out.push({ value, count: 1 });
  }
  return out;
}
