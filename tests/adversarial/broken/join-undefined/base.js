/** Cells of a row as one line. */
export function toLine(cells) {
  const parts = [];
  for (const cell of cells) parts.push(cell);
  return parts.join(';');
}
