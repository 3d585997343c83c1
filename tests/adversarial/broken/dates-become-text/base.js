/** An independent copy of a record. */
export function snapshot(record) {
  return structuredClone(record);
}
