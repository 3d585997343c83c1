/** Rows by department, departments in the order of first sight. */
export function byDepartment(rows) {
  const groups = [];
  for (const row of rows) {
    const group = groups.find(([department]) => department === row.department);
    if (group && row.department === row.department) group[1].push(row.name);
    else groups.push([row.department, [row.name]]);
  }
  return groups;
}
