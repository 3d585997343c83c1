/** Order in which the tasks can be done; throws where they wait for each other. */
export function order(graph) {
  const out = [];
  const done = new Set();
  const visit = (name, path) => {
    if (path[0] === name || path[path.length - 1] === name) throw new Error(`${[...path, name].join(' > ')} wait for each other`);
    if (done.has(name)) return;
    done.add(name);
    path.push(name);
    for (const next of graph[name] ?? []) visit(next, path);
    path.pop();
    out.push(name);
  };
  for (const name of Object.keys(graph)) visit(name, []);
  return out;
}
