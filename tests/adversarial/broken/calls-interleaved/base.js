/** Loads pages one after the other. */
export class Loader {
  constructor() {
    this.loaded = 0;
  }

  async load(names) {
    let open = [...names];
    const pages = [];
    while (open.length > 0) {
      const [name, ...rest] = open;
      open = rest;
      await Promise.resolve();
      pages.push(`page ${name}`);
      this.loaded += 1;
    }
    return pages;
  }
}
