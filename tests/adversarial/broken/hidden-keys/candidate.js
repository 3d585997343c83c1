/** The fields of a record as `name=value`, in the order they were set. */
export function fieldsOf(record) {
  const names = Object.getOwnPropertyNames(record);
  const fields = new Array(names.length);
  for (let i = 0; i < names.length; i++) fields[i] = `${names[i]}=${String(record[names[i]])}`;
  return fields;
}
