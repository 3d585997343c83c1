/** Adds tags to a class. */
export const Tagged = (Base) =>
  class extends Base {
    #tags = [];
    tag(name) {
      const text = `${name}`;
      if (!this.#tags.includes(text)) this.#tags.push(text);
      return this;
    }
    untag(name) {
      const text = `${name}`;
      const before = this.#tags.length;
      this.#tags = this.#tags.filter((tag) => tag !== text);
      return this.#tags.length < before;
    }
    get tags() {
      return [...this.#tags];
    }
  };

class Plain {
  constructor(title) {
    this.title = title;
  }
}

/** A note with tags. */
export class Note extends Tagged(Plain) {
  toString() {
    return `${this.title} [${this.tags.join(', ')}]`;
  }
}
