/** A list of named nodes with positions. */
export class NodeList {
  nodes = [];
  index = new Map();
  append(name) {
    this.nodes.push(name);
    this.#renumber(this.nodes.length - 1);
    return this;
  }
  insertBefore(name, other) {
    const at = this.index.get(other);
    this.nodes.splice(at ?? this.nodes.length, 0, name);
    this.#renumber(this.nodes.length - 1);
    return this;
  }
  positionOf(name) {
    return this.index.get(name);
  }
  #renumber(from) {
    for (let at = from; at < this.nodes.length; at++) this.index.set(this.nodes[at], at);
  }
}
