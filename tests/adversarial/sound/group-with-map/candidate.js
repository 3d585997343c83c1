/** Rows by department, departments in the order of first sight. */
export function byDepartment(rows) {
  const index = new Map();
  const groups = [];
  for (const row of rows) {
    const { department } = row;
    const group = department === department ? index.get(department) : undefined;
    if (group) group.push(row.name);
    else {
      const names = [row.name];
      groups.push([department, names]);
      if (department === department) index.set(department, names);
    }
  }
  // A Map takes -0 for 0, as === does.
  return groups;
}
