/** Values grouped by key, groups in the order of first sight. */
export function groups(rows) {
  const out = [];
  for (const row of rows) {
    let group = out.find((candidate) => candidate.key === row.key);
    if (!group) out.push((group = { key: row.key, values: [] }));
    group.values.push(row.value);
  }
  return out;
}
