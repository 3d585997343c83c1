/** Saves every record and gives their number. */
export async function saveAll(store, records) {
  for (const record of records) {
    await store.put(record.id, JSON.parse(JSON.stringify(record)));
  }
  return records.length;
}
