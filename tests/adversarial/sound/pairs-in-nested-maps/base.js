/** Pairs without repeats, in the order they came. */
export function distinctPairs(pairs) {
  const out = [];
  for (const [a, b] of pairs) {
    if (!out.some(([x, y]) => Object.is(x, a) && Object.is(y, b))) out.push([a, b]);
  }
  return out;
}
