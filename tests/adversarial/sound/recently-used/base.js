/** Keeps the most recently used entries. */
export class Recent {
  #limit;
  #values = new Map();
  #order = [];
  constructor(limit) {
    this.#limit = limit;
  }
  get(key) {
    const id = String(key);
    if (!this.#values.has(id)) return undefined;
    this.#order = this.#order.filter((other) => other !== id);
    this.#order.push(id);
    return this.#values.get(id);
  }
  set(key, value) {
    const id = String(key);
    this.#order = this.#order.filter((other) => other !== id);
    this.#order.push(id);
    this.#values.set(id, value);
    if (this.#order.length > this.#limit) this.#values.delete(this.#order.shift());
    return this;
  }
  keys() {
    return [...this.#order];
  }
}
