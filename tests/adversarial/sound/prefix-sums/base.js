/** Sums of all windows of a size. */
export function windows(values, size) {
  const out = [];
  for (let from = 0; from + size <= values.length; from++) {
    let sum = 0;
    for (let at = from; at < from + size; at++) sum += values[at];
    out.push(sum);
  }
  return out;
}
