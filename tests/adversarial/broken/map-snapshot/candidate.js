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
    const ids = [...this.handlers.keys()];
    for (let i = 0; i < ids.length; i++) this.handlers.get(ids[i])(message, ids[i]);
    return ids.length;
  }
}
