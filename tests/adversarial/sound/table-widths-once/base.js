/** Rows of texts as lines with columns of equal width. */
export function table(rows) {
  return rows.map((row) => row.map((cell, column) => cell.padEnd(Math.max(...rows.map((other) => (other[column] ?? '').length)))).join(' | '));
}
