/** Values of a query string. */
export class Query {
  #text;
  #values = null;
  constructor(text) {
    this.#text = text;
  }
  get(name) {
    if (this.#values === null) {
      this.#values = new Map();
      for (const part of this.#text.split('&')) {
        const [key, value = ''] = part.split('=');
        if (!this.#values.has(key)) this.#values.set(key, value);
      }
    }
    return this.#values.get(name) ?? null;
  }
}
