/** Loads pages until one is empty; stops with the signal's reason when it is aborted. */
export async function loadPages<T>(load: (page: number) => Promise<T[]>, options: { signal?: AbortSignal } = {}): Promise<T[]> {
  const out: T[] = [];
  options.signal?.throwIfAborted();
  for (let page = 0; ; page++) {
    const items = await load(page);
    if (items.length === 0) return out;
    for (const item of items) out.push(item);
  }
}
