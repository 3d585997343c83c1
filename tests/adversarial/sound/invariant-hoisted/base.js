/** Rows that lie in the range. */
export function inRange(rows, range) {
  const out = [];
  for (const row of rows) {
    const bounds = JSON.parse(JSON.stringify(range));
    if (row.value >= bounds.from && row.value <= bounds.to) out.push(row.name);
  }
  return out;
}
