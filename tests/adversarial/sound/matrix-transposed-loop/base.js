/** Sums of the columns of a matrix of equal rows. */
export function columnSums(rows) {
  const width = rows[0]?.length ?? 0;
  return Array.from({ length: width }, (_, column) => rows.map((row) => row[column]).reduce((sum, value) => sum + value, 0));
}
