/** Counts of the distinct values, in the order of first sight. */
export function tally(values) {
  const index = new Map();
  let minusZero = null;
  const out = [];
  for (const value of values) {
    const negative = Object.is(value, -0);
    const entry = negative ? minusZero : index.get(value);
    if (entry) entry.count += 1;
    else {
      const fresh = { value, count: 1 };
      out.push(fresh);
      if (negative) minusZero = fresh;
      else index.set(value, fresh);
    }
  }
  return out;
}
