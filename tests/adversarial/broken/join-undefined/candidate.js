/** Cells of a row as one line. */
export function toLine(cells) {
  let line = '';
  for (let i = 0; i < cells.length; i++) line += i === 0 ? cells[i] : ';' + cells[i];
  return line;
}
