/** Distances of all points to the first one. */
export function distances(points) {
  const [ox, oy] = points[0] ?? [0, 0];
  return points.map(([x, y]) => Math.sqrt((x - ox) ** 2 + (y - oy) ** 2));
}
