/** Product of two matrices. */
export function product(a, b) {
  const width = b.length === 0 ? 0 : b[0].length;
  const columns = [];
  const out = [];
  for (const row of a) {
    const line = [];
    for (let j = 0; j < width; j++) {
      const column = (columns[j] ??= b.map((other) => other[j]));
      let sum = 0;
      for (let k = 0; k < row.length; k++) sum += row[k] * column[k];
      line.push(sum);
    }
    out.push(line);
  }
  return out;
}
