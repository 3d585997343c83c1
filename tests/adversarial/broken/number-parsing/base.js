/** Widths in pixels. */
export function widths(texts) {
  return texts.map((text) => parseInt(text, 10)).filter((n) => !Number.isNaN(n));
}
