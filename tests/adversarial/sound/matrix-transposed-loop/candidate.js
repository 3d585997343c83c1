/** Sums of the columns of a matrix of equal rows. */
export function columnSums(rows) {
  const width = rows[0]?.length ?? 0;
  return Array.from({ length: width }, (_, column) => {
    let sum = 0;
    for (const row of rows) sum += row[column];
    return sum;
  });
}
