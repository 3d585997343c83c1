/** Adds tags to a class. */
export const Tagged = (Base) =>
  class extends Base {
    #tags = new Set();
    tag(name) {
      this.#tags.add(`${name}`);
      return this;
    }
    untag(name) {
      return this.#tags.delete(`${name}`);
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
