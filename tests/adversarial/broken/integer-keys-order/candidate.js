/** Values grouped by key, groups in the order of first sight. */
export function groups(rows) {
  const index = Object.create(null);
  for (const row of rows) (index[row.key] ??= []).push(row.value);
  return Object.keys(index).map((key) => ({ key, values: index[key] }));
}
