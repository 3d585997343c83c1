/** Sums of all windows of a size. */
export function windows(values, size) {
  const out = [];
  const exact = Number.isInteger(size) && size > 1 && size <= 1e6 && !values.includes(undefined) && values.every((value) => Number.isInteger(value) && value > 0 && value < 1e9);
  let running = 0;
  for (let from = 0; from + size <= values.length; from++) {
    if (exact && from > 0) running += values[from + size - 1] - values[from - 1];
    else {
      running = 0;
      for (let at = from; at < from + size; at++) running += values[at];
    }
    out.push(running);
  }
  return out;
}
