/** The value at a dotted path. */
export function at(object, path) {
  let value = object;
  let start = 0;
  for (;;) {
    const dot = path.indexOf('.', start);
    value = value[dot === -1 ? path.slice(start) : path.slice(start, dot)];
    if (dot === -1) return value;
    start = dot + 1;
  }
}
