/** Distances of all points to the first one. */
export function distances(points) {
  const [ox, oy] = points[0] ?? [0, 0];
  const out = new Float32Array(points.length);
  for (let i = 0; i < points.length; i++) out[i] = Math.sqrt((points[i][0] - ox) ** 2 + (points[i][1] - oy) ** 2);
  return Array.from(out);
}
