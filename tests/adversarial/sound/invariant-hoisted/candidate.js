/** Rows that lie in the range. */
export function inRange(rows, range) {
  const out = [];
  if (rows.length === 0) return out;
  const bounds = JSON.parse(JSON.stringify(range));
  for (const row of rows) {
    if (row.value >= bounds.from && row.value <= bounds.to) out.push(row.name);
  }
  return out;
}
