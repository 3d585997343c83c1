/** Saves every record and gives their number. */
export async function saveAll(store, records) {
  for (const record of records) {
    void store.put(record.id, structuredClone(record));
  }
  return records.length;
}
