/** Loads pages until one is empty; stops with the signal's reason when it is aborted. */
export async function loadPages<T>(load: (page: number) => Promise<T[]>, options: { signal?: AbortSignal } = {}): Promise<T[]> {
  let out: T[] = [];
  for (let page = 0; ; page++) {
    options.signal?.throwIfAborted();
    const items = await load(page);
    if (items.length === 0) return out;
    out = [...out, ...items];
  }
}
