/** A stack that knows its weight. */
export class Stack {
  #items = [];
  push(item) { this.#items.push(item); return this; }
  pop() { return this.#items.pop(); }
  get weight() { return this.#items.reduce((sum, item) => sum + item.weight, 0); }
  get size() { return this.#items.length; }
}
