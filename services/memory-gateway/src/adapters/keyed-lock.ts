/** Key that stands for the whole of what is embedded anew. */
export const REEMBEDDING = 're-embedding';

/** Work on the same key happens one after another, in the order of its coming; work on other keys beside it. */
export class KeyedLock {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Holds every key while `work` runs. Keys are taken in one order, so two calls never wait for each other. */
  run<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const sorted = [...new Set(keys)].sort();
    const waits = sorted.map((key) => this.#tails.get(key) ?? Promise.resolve());
    // All keys are taken at once, before anything is awaited.
    const result = Promise.all(waits).then(work);
    const tail = result
      .catch(() => undefined)
      .finally(() => {
        for (const key of sorted) if (this.#tails.get(key) === tail) this.#tails.delete(key);
      });
    for (const key of sorted) this.#tails.set(key, tail);
    return result;
  }
}
