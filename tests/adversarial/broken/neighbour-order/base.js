/** A list of named nodes with positions. */
export class NodeList {
  nodes = [];
  index = new Map();
  append(name) {
    this.nodes.push(name);
    this.#renumber();
    return this;
  }
  insertBefore(name, other) {
    const at = this.index.get(other);
    this.nodes.splice(at ?? this.nodes.length, 0, name);
    this.#renumber();
    return this;
  }
  positionOf(name) {
    return this.index.get(name);
  }
  #renumber() {
    this.index.clear();
    for (const [at, node] of this.nodes.entries()) this.index.set(node, at);
  }
}
