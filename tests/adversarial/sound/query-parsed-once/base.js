/** Values of a query string. */
export class Query {
  #text;
  constructor(text) {
    this.#text = text;
  }
  get(name) {
    for (const part of this.#text.split('&')) {
      const [key, value = ''] = part.split('=');
      if (key === name) return value;
    }
    return null;
  }
}
