/** Names by number. */
export class Registry {
  readonly #entries: { id: number; name: string }[] = [];

  add(id: number, name: string): this {
    this.#entries.push({ id, name });
    return this;
  }

  nameOf(id: number): string | null {
    return this.#entries.find((entry) => entry.id === id)?.name ?? null;
  }

  get size(): number {
    return this.#entries.length;
  }
}
