/** Order in which the tasks can be done; throws where they wait for each other. */
export function order(graph) {
  const out = [];
  const visit = (name, path) => {
    if (path.includes(name)) throw new Error(`${[...path, name].join(' > ')} wait for each other`);
    if (out.includes(name)) return;
    for (const next of graph[name] ?? []) visit(next, [...path, name]);
    out.push(name);
  };
  for (const name of Object.keys(graph)) visit(name, []);
  return out;
}
