// A Map takes 0 and -0 for one key, Object.is does not.
const MINUS_ZERO = Symbol('-0');
const keyOf = (value) => (Object.is(value, -0) ? MINUS_ZERO : value);
/** Pairs without repeats, in the order they came. */
export function distinctPairs(pairs) {
  const out = [];
  const seen = new Map();
  for (const [a, b] of pairs) {
    let seconds = seen.get(keyOf(a));
    if (seconds === undefined) {
      seconds = new Set();
      seen.set(keyOf(a), seconds);
    }
    if (seconds.has(keyOf(b))) continue;
    seconds.add(keyOf(b));
    out.push([a, b]);
  }
  return out;
}
