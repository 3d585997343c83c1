/** What can be reached, nearest first; `links` says what follows what. */
export function reachable(links, start) {
  const seen = [start];
  const queue = [start];
  while (queue.length > 0) {
    for (const next of links.get(queue.shift()) ?? []) {
      if (seen.includes(next)) continue;
      seen.push(next);
      queue.push(next);
    }
  }
  return seen;
}
