/** What can be reached, nearest first; `links` says what follows what. */
export function reachable(links, start) {
  const known = new Set([start]);
  const seen = [start];
  for (let at = 0; at < seen.length; at++) {
    for (const next of links.get(seen[at]) ?? []) {
      if (known.has(next)) continue;
      known.add(next);
      seen.push(next);
    }
  }
  return seen;
}
