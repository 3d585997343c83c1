/** Keeps the most recently used entries. */
export class Recent {
  #limit;
  #values = new Map();
  constructor(limit) {
    this.#limit = limit;
  }
  get(key) {
    const id = String(key);
    if (!this.#values.has(id)) return undefined;
    const value = this.#values.get(id);
    this.#values.delete(id);
    this.#values.set(id, value);
    return value;
  }
  set(key, value) {
    const id = String(key);
    this.#values.delete(id);
    this.#values.set(id, value);
    if (this.#values.size > this.#limit) this.#values.delete(this.#values.keys().next().value);
    return this;
  }
  keys() {
    return [...this.#values.keys()];
  }
}
