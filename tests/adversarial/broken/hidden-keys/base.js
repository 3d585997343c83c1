/** The fields of a record as `name=value`, in the order they were set. */
export function fieldsOf(record) {
  const fields = [];
  const names = Object.keys(record);
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (names.slice(0, i).includes(name)) continue;
    fields.push(`${name}=${String(record[name])}`);
  }
  return fields;
}
