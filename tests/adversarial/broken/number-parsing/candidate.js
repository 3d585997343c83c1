/** Widths in pixels. */
export function widths(texts) {
  const out = [];
  for (const text of texts) {
    const n = +text;
    if (n === n) out.push(n | 0);
  }
  return out;
}
