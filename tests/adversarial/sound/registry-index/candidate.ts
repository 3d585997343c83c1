/** Names by number. */
export class Registry {
  readonly #names = new Map<number, string>();
  #size = 0;

  add(id: number, name: string): this {
    this.#size += 1;
    if (!this.#names.has(id) && !Number.isNaN(id)) this.#names.set(id, name);
    return this;
  }

  nameOf(id: number): string | null {
    return this.#names.get(id) ?? null;
  }

  get size(): number {
    return this.#size;
  }
}
