/** An independent copy of a record. */
export function snapshot(record) {
  if (Array.isArray(record)) return record.map(snapshot);
  if (record !== null && typeof record === 'object' && Object.getPrototypeOf(record) === Object.prototype) {
    const out = {};
    for (const key of Object.keys(record)) out[key] = snapshot(record[key]);
    return out;
  }
  return record;
}
