/** Handlers by id. */
export class Hub {
  constructor() {
    this.handlers = new Map();
  }
  add(id, handler) {
    this.handlers.set(id, handler);
    return this;
  }
  remove(id) {
    return this.handlers.delete(id);
  }
  send(message) {
    let told = 0;
    for (const [id, handler] of this.handlers) {
      handler(message, id);
      told += 1;
    }
    return told;
  }
}
