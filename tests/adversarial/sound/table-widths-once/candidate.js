/** Rows of texts as lines with columns of equal width. */
export function table(rows) {
  const widths = [];
  const widthOf = (column) => (widths[column] ??= Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widthOf(column))).join(' | '));
}
