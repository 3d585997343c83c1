/** Loads pages one after the other. */
export class Loader {
  #open = [];

  constructor() {
    this.loaded = 0;
  }

  async load(names) {
    this.#open = [...names].reverse();
    const pages = [];
    while (this.#open.length > 0) {
      const name = this.#open.pop();
      await Promise.resolve();
      pages.push(`page ${name}`);
      this.loaded += 1;
    }
    return pages;
  }
}
